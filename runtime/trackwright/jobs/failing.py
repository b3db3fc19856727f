"""Ending an attempt that failed: another one while verdict and row allow it, else the end of the row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from celery.exceptions import Reject

from trackwright import query
from trackwright.dispatch import LONGEST_COUNTDOWN, RESEND_AFTER
from trackwright.error_text import describe, storable
from trackwright.jobs.database import Database
from trackwright.jobs.endings import Ending, end
from trackwright.jobs.verdict import Again, Over
from trackwright.metrics.definitions import TaskEvent
from trackwright.model import TaskTrackingMixin
from trackwright.status import TrackingStatus

Resend = Callable[[int, float], None]
"""Publishes another message for a row: its id, and the countdown in seconds."""
_EVENTS: dict[str, TaskEvent] = {
    TrackingStatus.COMPLETED: TaskEvent.SUCCEEDED,
    TrackingStatus.FAILED: TaskEvent.FAILED,
    TrackingStatus.CANCELLED: TaskEvent.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt on a row: what fences the statements that end it."""

    database: Database
    model: type[TaskTrackingMixin]
    tracking_id: int
    number: int

    @property
    def key(self) -> dict[str, Any]:
        """The parameters of the fence."""
        return query.parameters(tracking_id=self.tracking_id, attempt=self.number)

    def outcome(self) -> TaskEvent:
        """What the row says of this attempt's end; for who wrote one and got no answer."""
        row = self.database.first(
            query.attempt_state(self.model), query.parameters(tracking_id=self.tracking_id)
        )
        if row is None or row.attempts != self.number:
            return TaskEvent.LOST
        if row.status == TrackingStatus.PENDING:
            return TaskEvent.RETRIED if _failed_in(row.metadata, self.number) else TaskEvent.LOST
        return _EVENTS.get(row.status, TaskEvent.LOST)

    def end(self, ending: Ending, **values: Any) -> bool:
        """End the row, if this attempt still holds it."""
        return end(self.database, self.model, ending, self.key | query.parameters(**values)) is not None

    def ended(self, ending: Ending, *, in_doubt: bool, **values: Any) -> TaskEvent:
        """The same, as an event; `in_doubt`: it was written before, without an answer."""
        if self.end(ending, **values):
            return _EVENTS[ending.status]
        return self.outcome() if in_doubt else TaskEvent.LOST


def _failed_in(metadata: Any, attempt: int) -> bool:
    """Whether the trail ends with the failure of an attempt, and not with its loss: that the sweep notes."""
    match metadata:
        case {"trail": [*_, {"attempt": int(last), "outcome": "FAILED"}]}:
            return last == attempt
        case _:
            return False


def fail(
    attempt: Attempt,
    error: Exception,
    verdict: Again | Over,
    resend: Resend,
    *,
    in_doubt: bool = False,
) -> TaskEvent:
    """Write that an attempt failed, and send the message of the next one.

    Gives RETRIED, FAILED, CANCELLED where somebody had asked for it, or LOST where the row is another's by now.
    `in_doubt`: an end of this attempt was written before, without an answer. Where the row has it, that counts, be
    it SUCCEEDED.
    """
    text = _text(error)
    if isinstance(verdict, Again) and _rescheduled(attempt, verdict, text):
        _send_again(attempt, verdict, resend)
        return TaskEvent.RETRIED
    model = attempt.model
    if attempt.end(Ending(TrackingStatus.FAILED, query.fail_unless_cancelled(model)), error=text):
        return TaskEvent.FAILED
    if attempt.end(Ending(TrackingStatus.CANCELLED, query.stop_if_requested(model))):
        return TaskEvent.CANCELLED
    outcome = attempt.outcome() if in_doubt else TaskEvent.LOST
    if outcome is TaskEvent.RETRIED:
        if not isinstance(verdict, Again):
            return TaskEvent.LOST
        _send_again(attempt, verdict, resend)
    return outcome


def _text(error: Exception) -> str:
    """The error as the row keeps it; Celery's own way to refuse a message says its reason only."""
    reason: Any = getattr(error, "reason", None)
    return storable(reason) if isinstance(error, Reject) and isinstance(reason, str) else describe(error)


def _rescheduled(attempt: Attempt, again: Again, text: str) -> bool:
    delay = again.delay
    later = delay + RESEND_AFTER if _is_soon(again) else delay
    timing = query.parameters(error=text, delay=delay, dispatch_delay=later)
    return attempt.database.first(query.reschedule(attempt.model), attempt.key | timing) is not None


def _send_again(attempt: Attempt, again: Again, resend: Resend) -> None:
    if _is_soon(again) and not again.requeued:
        resend(attempt.tracking_id, again.delay)


def _is_soon(again: Again) -> bool:
    return again.delay <= LONGEST_COUNTDOWN
