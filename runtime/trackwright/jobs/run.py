"""What a tracked body receives: a frozen copy of its row, a session, its attempt, checkpoints."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, NoReturn, TypeVar, cast

from sqlalchemy import Row, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import greenlet_spawn

from trackwright import query
from trackwright.errors import TrackwrightError
from trackwright.jobs.database import Database
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
_GUARD = "trackwright.run"
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


class CommitInBody(TrackwrightError):
    """A body called commit(): effect and status would no longer commit together."""

    def __init__(self) -> None:
        super().__init__(
            "commit() inside a tracked body would separate its effect from its status. trackwright commits both "
            "when the body returns; for a part of a long job use run.checkpoint(commit=True)."
        )


class FrozenRow:
    """A row's values by attribute, as they were at the claim; nothing can be assigned."""

    __slots__ = ("_values",)
    _values: Mapping[str, Any]

    def __init__(self, row: Row[Any]) -> None:
        mapping: Mapping[Any, Any] = row._mapping  # pyright: ignore[reportPrivateUsage] # noqa: SLF001 -- SQLAlchemy documents it as public
        object.__setattr__(self, "_values", dict(mapping))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copying looks for such names before there are values
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        message = f"run.tracking is a frozen copy: {name} cannot be set; write through run.session"
        raise AttributeError(message)

    def __repr__(self) -> str:
        return f"FrozenRow({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"


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
        self.cleaning_up = False
        """Whether the clean-up of a cancelled task runs: the request that started it must not stop it."""
        self.opened: SessionT | None = None
        self._session_factory: Callable[[], SessionT] = session_factory
        self._looked = time.monotonic()

    @property
    def session(self) -> SessionT:
        """The session whose transaction carries the body's writes and, at its end, COMPLETED."""
        if self.opened is None:
            self.opened = self._session_factory()
            self.opened.info[_GUARD] = self
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
        row = database.first(*self.renewal)
        if row is not None:
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
        """The statement that renews this claim, with its parameters."""
        return query.renew(self.model), self.key | query.parameters(lease=self.lease)


class TaskRun(BaseRun[ModelT, Session]):
    """The run of a plain body, and of an async one in a project whose sessions are sync."""

    def checkpoint(self, *, commit: bool = False) -> None:
        """Stop here if the task was cancelled or its claim lost; with commit=True commit the part done so far.

        Raises:
            TaskCancelled: somebody asked the task to stop.
            ClaimLost: the row belongs to another attempt.
        """
        checkpoint(self, self.session if commit else self.opened, commit=commit)


class AsyncTaskRun(BaseRun[ModelT, AsyncSession]):
    """The run of an async body over AsyncSessions; a cancel request arrives as asyncio's own, at an await."""

    async def checkpoint(self, *, commit: bool = False) -> None:
        """Stop here if the task was cancelled or its claim lost; with commit=True commit the part done so far."""
        opened = self.session.sync_session if commit else self.opened and self.opened.sync_session
        await greenlet_spawn(checkpoint, self, opened, commit=commit)


def checkpoint(run: BaseRun[Any, Any], session: Session | None, *, commit: bool) -> None:
    """Do what both kinds of run promise of a checkpoint, over the body's session where it has one."""
    if commit and session is not None:
        run.note(commit_fenced(run, session, run.renewal))
    elif run.must_look():
        run.note(_renew(run, session))


def release(session: Session) -> None:
    """Give a session back: a scoped one is used again, by code that may commit."""
    session.info.pop(_GUARD, None)
    session.close()


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
        return session.execute(*run.renewal).first()
    return run.renew(run.database)


@event.listens_for(Session, "before_commit")
def _refuse_commit_in_body(session: Session) -> None:
    run: BaseRun[Any, Any] | None = session.info.get(_GUARD)
    if run is not None and not run.may_commit and session.get_nested_transaction() is None:
        raise CommitInBody
