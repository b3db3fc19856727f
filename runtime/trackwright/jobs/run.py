"""What a tracked body receives: a frozen copy of its row, a session, its attempt, checkpoints."""

import logging
import time
from collections.abc import Callable
from typing import Any, Generic, NoReturn, TypeVar, cast

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import greenlet_spawn

from trackwright import query
from trackwright.errors import TrackwrightError
from trackwright.jobs.body_session import open_session
from trackwright.jobs.database import Database
from trackwright.jobs.frozen_row import FrozenRow
from trackwright.metrics.definitions import TaskEvent
from trackwright.model import TaskTrackingMixin, domain_of
from trackwright.query.basis import per_model
from trackwright.status import TrackingStatus

ModelT = TypeVar("ModelT", bound=TaskTrackingMixin)
SessionT = TypeVar("SessionT", Session, AsyncSession)
LONGEST_WAIT = 365 * 86_400.0
"""Seconds; no wait between two attempts is longer."""
POLL_EVERY = 1.0
"""Seconds between two looks of checkpoint() into the database."""
_body_logger = logging.getLogger("trackwright.task")
domain_name = per_model(domain_of)


class TaskCancelled(BaseException):
    """The task was asked to stop. No Exception, so that a body's `except Exception` does not swallow it."""


class ClaimLost(BaseException):
    """Another attempt, a sweep or a person has the row now: nothing of this attempt may be written."""


class RetryRequested(TrackwrightError):
    """The body asked for another attempt later, by run.retry(after=...)."""

    def __init__(self, after: float, reason: str) -> None:
        self.after = after
        super().__init__(reason)


class BaseRun(Generic[ModelT, SessionT]):
    """What sync and async runs share. `tracking` has the model's attributes, frozen at the claim."""

    def __init__(
        self,
        model: type[ModelT],
        row: Row[Any],
        *,
        database: Database,
        session_factory: Callable[[], SessionT],
        lease: float,
    ) -> None:
        self.model = model
        self.tracking = cast("ModelT", FrozenRow(row))  # the copy has every attribute that the model has
        self.attempt: int = row.attempts
        self.cancel_requested = False
        self.claim_lost = False
        self.ended_as = (
            TaskEvent.LOST
        )  # until an ending is written: whoever holds the row then, it is not this
        self.error: Exception | None = None
        self.database = database
        self.lease = lease
        self.may_commit = False
        self.result: Any = None
        """What the body returned."""
        self.in_doubt = False
        """Whether the end was being written when something came between: the row may have it."""
        self.cleaning_up = False
        """Whether the clean-up of a cancelled task runs: the request that started it must not stop it."""
        self.opened: SessionT | None = None
        self._session_factory: Callable[[], SessionT] = session_factory
        self._looked = time.monotonic()
        self.reported: tuple[int, int | None] | None = None
        """What the body reported and no renewal has written yet."""

    @property
    def session(self) -> SessionT:
        """The session whose transaction carries the body's writes and, at its end, COMPLETED."""
        if self.opened is None:
            self.opened = open_session(self._session_factory, self)
        return self.opened

    @property
    def key(self) -> dict[str, Any]:
        """The parameters that fence this attempt's statements."""
        return query.parameters(tracking_id=self.tracking.id, attempt=self.attempt)

    @property
    def log_fields(self) -> dict[str, Any]:
        """The `extra` of every log record about this attempt."""
        return {
            "domain": domain_name(self.model),
            "tracking_id": self.tracking.id,
            "celery_task_id": self.tracking.celery_task_id,
            "attempt": self.attempt,
        }

    @property
    def logger(self) -> logging.LoggerAdapter[logging.Logger]:
        """A logger for the body: its records carry log_fields."""
        return logging.LoggerAdapter(_body_logger, self.log_fields)

    def retry(self, after: float, reason: str = "asked by the body") -> NoReturn:
        """End this attempt and have another one after some seconds, if attempts remain."""
        if not 0 <= after <= LONGEST_WAIT:
            message = f"run.retry(after={after}): give seconds between 0 and {LONGEST_WAIT:.0f} (a year)"
            raise ValueError(message)
        raise RetryRequested(after, reason)

    def must_look(self) -> bool:
        """Whether it is time for checkpoint() to ask the database again."""
        self.raise_if_over()
        now = time.monotonic()
        if now - self._looked < POLL_EVERY:
            return False
        self._looked = now
        return True

    def note(self, row: Row[Any] | None) -> None:
        """Take in a renewal, and stop the body where it must stop."""
        self.take(row)
        self.raise_if_over()

    def take(self, row: Row[Any] | None) -> None:
        """Take in what a renewal of the claim says."""
        if row is None:
            self.claim_lost = True
        else:
            self.cancel_requested = self.cancel_requested or bool(row.cancel_requested)

    def renew(self, database: Database) -> Row[Any] | None:
        """Renew the claim over a connection of its own; None when it is lost.

        A row that the body itself has locked keeps its lease as it is: nobody else can take it meanwhile.
        """
        reported = self.reported
        row = database.first(*self.renewal)
        if row is not None:
            self.written(reported)
            return row
        state = database.first(query.claim_state(self.model), self.key)
        held = state is not None and (state.status, state.attempts) == (
            TrackingStatus.PROCESSING,
            self.attempt,
        )
        return state if held else None

    def raise_if_over(self) -> None:
        """Stop the body when its claim is gone or somebody asked it to stop."""
        if self.claim_lost:
            raise ClaimLost
        if self.cancel_requested and not self.cleaning_up:
            raise TaskCancelled

    @property
    def renewal(self) -> tuple[Any, dict[str, Any]]:
        """The statement that renews this claim, with its parameters; it takes along what was reported."""
        values = self.key | query.parameters(lease=self.lease)
        if self.reported is None:
            return query.renew(self.model), values
        done, total = self.reported
        return query.report(self.model), values | query.parameters(done=done, total=total)

    def report(self, done: int, total: int | None) -> None:
        """Let the next renewal of the claim say how far the body is."""
        if not (_is_count(done) and (total is None or _is_count(total))):
            message = f"run.progress(done={done!r}, total={total!r}): give whole numbers from 0 on"
            raise ValueError(message)
        self.reported = done, total

    def written(self, reported: tuple[int, int | None] | None) -> None:
        """A renewal has written a report; the body may have made a later one meanwhile."""
        if self.reported is reported:
            self.reported = None


class TaskRun(BaseRun[ModelT, Session]):
    """The run of a plain body, and of an async one in a project whose sessions are sync."""

    def checkpoint(self, *, commit: bool = False) -> None:
        """Stop here if the task was cancelled or its claim lost; with commit=True commit the part done so far.

        Raises:
            TaskCancelled: somebody asked the task to stop.
            ClaimLost: the row belongs to another attempt.
        """
        checkpoint(self, self.session if commit else self.opened, commit=commit)

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the body is, as in `run.progress(30, 100)`; a checkpoint, too.

        It is written at most once a second and can be seen at once, in `task_metadata["reported"]`: the attempt,
        done, total and the moment. A body that has written to its own row shows it with its next commit.

        Raises:
            ValueError: no whole numbers from 0 on.
            TaskCancelled, ClaimLost: as from checkpoint().
        """
        self.report(done, total)
        self.checkpoint()


class AsyncTaskRun(BaseRun[ModelT, AsyncSession]):
    """The run of an async body over AsyncSessions; a cancel request arrives as asyncio's own, at an await."""

    async def checkpoint(self, *, commit: bool = False) -> None:
        """Stop here if the task was cancelled or its claim lost; with commit=True commit the part done so far."""
        opened = self.session.sync_session if commit else self.opened and self.opened.sync_session
        await greenlet_spawn(checkpoint, self, opened, commit=commit)

    async def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the body is; a checkpoint, too. See TaskRun.progress."""
        self.report(done, total)
        await self.checkpoint()


def checkpoint(run: BaseRun[Any, Any], session: Session | None, *, commit: bool) -> None:
    """Do what both kinds of run promise of a checkpoint, over the body's session where it has one."""
    if commit and session is not None:
        reported = run.reported
        row = commit_fenced(run, session, run.renewal)
        run.written(reported)
        run.note(row)
    elif run.must_look():
        run.note(_renew(run, session))


def commit_fenced(
    run: BaseRun[Any, Any],
    session: Session,
    fence: tuple[Any, dict[str, Any]],
    before_commit: Callable[[Row[Any]], None] | None = None,
) -> Row[Any] | None:
    """Commit the body's writes together with a statement that only the holder of the claim can make."""
    session.flush()
    row = session.execute(*fence).first()
    if row is None:
        session.rollback()
        return None
    if before_commit is not None:
        before_commit(row)
    run.may_commit = True
    try:
        session.commit()
    finally:
        run.may_commit = False
    return row


def _renew(run: BaseRun[Any, Any], session: Session | None) -> Row[Any] | None:
    # SQLite has one writer: while the body's own transaction is open, a second connection would wait for it.
    if run.database.dialect == "sqlite" and session is not None and session.in_transaction():
        reported = run.reported
        row = session.execute(*run.renewal).first()
        run.written(reported)
        return row
    return run.renew(run.database)


def _is_count(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63
