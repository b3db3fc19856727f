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

    def end(self, ending: Ending, **values: Any) -> bool:
        """End the row, if this attempt still holds it."""
        return end(self.database, self.model, ending, self.key | query.parameters(**values)) is not None


def fail(attempt: Attempt, error: Exception, verdict: Again | Over, resend: Resend) -> TaskEvent:
    """Write that an attempt failed, and send the message of the next one.

    Gives RETRIED, FAILED, CANCELLED where somebody had asked for it, or LOST where the row is another's by now.
    """
    text = _text(error)
    if isinstance(verdict, Again) and _rescheduled(attempt, verdict, text, resend):
        return TaskEvent.RETRIED
    model = attempt.model
    if attempt.end(Ending(TrackingStatus.FAILED, query.fail_unless_cancelled(model)), error=text):
        return TaskEvent.FAILED
    if attempt.end(Ending(TrackingStatus.CANCELLED, query.stop_if_requested(model))):
        return TaskEvent.CANCELLED
    return TaskEvent.LOST


def _text(error: Exception) -> str:
    """The error as the row keeps it; Celery's own way to refuse a message says its reason only."""
    reason: Any = getattr(error, "reason", None)
    return storable(reason) if isinstance(error, Reject) and isinstance(reason, str) else describe(error)


def _rescheduled(attempt: Attempt, again: Again, text: str, resend: Resend) -> bool:
    delay = again.delay
    soon = delay <= LONGEST_COUNTDOWN
    timing = query.parameters(error=text, delay=delay, dispatch_delay=delay + RESEND_AFTER if soon else delay)
    if attempt.database.first(query.reschedule(attempt.model), attempt.key | timing) is None:
        return False
    if soon and not again.requeued:
        resend(attempt.tracking_id, delay)
    return True
