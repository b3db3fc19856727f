"""Endings that only a worker's main process sees: a child that is gone, a hard time limit, a revoked message.

The sweep would find these rows when their lease is over; here they go on at once. A claim names the process that
holds it, so that a dead child's row is told from one that a duplicate's child only looked at.
"""

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery import signals
from celery.worker.request import Request

from trackwright import query
from trackwright.error_text import describe
from trackwright.jobs.database import Database
from trackwright.jobs.endings import Ending, end
from trackwright.jobs.failing import Attempt, fail
from trackwright.jobs.run import domain_name
from trackwright.jobs.task import TrackedTask, claimant
from trackwright.jobs.verdict import Dropped, judge
from trackwright.metrics.definitions import EVENTS, TaskEvent
from trackwright.metrics.recording import count, record_task_error
from trackwright.status import TrackingStatus

logger = logging.getLogger("trackwright.jobs")
ACTOR = "celery"
REVOKED = "its message was revoked"
EXPIRED = "its message expired before a worker took it"
TERMINATED = "its message was revoked and its process terminated"

# A child that is forked while a connection is open would share it: forks wait for the statement's end.
_connected = threading.RLock()
os.register_at_fork(
    before=_connected.acquire, after_in_parent=_connected.release, after_in_child=_connected.release
)


class TrackedRequest(Request):
    """A tracked task's message in the main process, which knows the child that works on it."""

    def on_timeout(self, soft: bool, timeout: float) -> None:
        """The child passed a time limit; at the hard one it is killed, whatever its body does."""
        if not soft:
            self._child_gone(TimeLimitExceeded(timeout))
        super().on_timeout(soft, timeout)

    def on_failure(self, exc_info: Any, *args: Any, **kwargs: Any) -> None:
        """The child reports an error, or is gone."""
        error = getattr(exc_info.exception, "exc", exc_info.exception)
        if isinstance(error, SystemExit):
            error = WorkerLostError(f"the body left its process: {error!r}")
        if isinstance(error, WorkerLostError):
            self._child_gone(error)
        super().on_failure(exc_info, *args, **kwargs)

    def cancel(self, *args: Any, **kwargs: Any) -> None:
        """A cold shutdown, or the broker's connection is gone: the child is killed, the work is not done."""
        super().cancel(*args, **kwargs)
        self._child_gone(WorkerLostError("the worker stopped before the task ended"))

    def terminate(self, pool: Any, signal: Any = None) -> None:
        """Somebody revoked the running task with terminate=True."""
        super().terminate(pool, signal)
        self._guarded(TERMINATED, lambda row: row.terminated())

    def _child_gone(self, error: Exception) -> None:
        self._guarded(describe(error), lambda row: row.failed(error))

    def _guarded(self, why: str, write: "Callable[[_Held], TaskEvent | None]") -> None:
        request: Any = self  # Celery's stubs leave out what its documentation shows
        task, args, child = request.task, request.args, request.worker_pid
        if child is not None and _is_ours(task, args):
            claim = claimant(request.hostname, child)
            _write(task, args[0], why, lambda database: write(_Held(task, args[0], claim, request, database)))


@dataclass(frozen=True, slots=True)
class _Held:
    """The row of a message whose child is gone, if that child holds its claim."""

    task: TrackedTask
    tracking_id: int
    claim: str
    request: Any
    database: Database

    def failed(self, error: Exception) -> TaskEvent | None:
        """Let the attempt fail with an error, as if its body had raised it."""
        attempt = self._attempt()
        if attempt is None:
            return None
        task = self.task
        verdict = judge(task.policy, error, attempt.number)
        if isinstance(verdict, Dropped):
            return None
        record_task_error(str(task.name), error, domain=domain_name(task.model))
        context = self.request._context  # noqa: SLF001 -- Celery gives it to its signals, and to nobody else
        return fail(attempt, error, verdict, lambda row, countdown: task.resend(context, row, countdown))

    def terminated(self) -> TaskEvent | None:
        """Cancel the row."""
        attempt = self._attempt()
        if attempt is None:
            return None
        dropping = Ending(TrackingStatus.CANCELLED, query.drop(attempt.model))
        return TaskEvent.CANCELLED if attempt.end(dropping, reason=TERMINATED, actor=ACTOR) else None

    def _attempt(self) -> Attempt | None:
        model = self.task.model
        holder = query.parameters(tracking_id=self.tracking_id, worker=self.claim)
        row = self.database.first(query.held_by(model), holder)
        return None if row is None else Attempt(self.database, model, self.tracking_id, row.attempts)


def listen() -> None:
    """Follow what Celery tells of messages that it never hands to a child."""
    signals.task_revoked.connect(_revoked, weak=False)


def _revoked(sender: Any = None, request: Any = None, *, expired: bool = False, **_: Any) -> None:
    if _is_ours(sender, request.args):
        reason = EXPIRED if expired else REVOKED
        _write(
            sender, request.args[0], reason, lambda database: _cancelled(sender, request, database, reason)
        )


def _cancelled(task: TrackedTask, request: Any, database: Database, reason: str) -> TaskEvent | None:
    key = query.parameters(tracking_id=request.args[0], celery_task_id=request.id)
    noted = query.parameters(reason=reason, actor=ACTOR)
    revoking = Ending(TrackingStatus.CANCELLED, query.revoke(task.model))
    row = end(database, task.model, revoking, key | noted)
    return None if row is None else TaskEvent.CANCELLED


def _is_ours(task: Any, args: Any) -> bool:
    return isinstance(task, TrackedTask) and len(args) == 1 and isinstance(args[0], int)


def _write(
    task: TrackedTask, tracking_id: int, why: str, write: Callable[[Database], TaskEvent | None]
) -> None:
    domain = domain_name(task.model)
    fields = {"domain": domain, "tracking_id": tracking_id}
    try:
        with _passing(task) as database:
            event = write(database)
    except Exception:
        # Celery's own bookkeeping of the message must go on; the row's lease, or its dispatch_at, runs out.
        message = "the end of %s %s was not written; the sweep will find it"
        logger.exception(message, domain, tracking_id, extra=fields)
        return
    if event is not None:
        count(EVENTS, (domain, str(task.name), event.value))
        message = "%s %s: %s by the main process: %s"
        logger.warning(message, domain, tracking_id, event.value, why, extra=fields)


@contextlib.contextmanager
def _passing(task: TrackedTask) -> Generator[Database]:
    """The task's database over a connection that is closed again."""
    with _connected:
        try:
            yield task.database_apart
        finally:
            task.database_apart.close()
