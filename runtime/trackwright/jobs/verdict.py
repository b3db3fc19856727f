"""What an error of the body means for its row: another attempt, an end, or that nothing is to be done.

Celery's own ways out of a task (Retry, Ignore, Reject) are exceptions too; the row follows what they ask.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from celery.exceptions import Ignore, MaxRetriesExceededError, Reject, Retry

from trackwright.error_text import describe
from trackwright.errors import TrackwrightError
from trackwright.jobs.policy import Policy
from trackwright.jobs.run import LONGEST_WAIT


@dataclass(frozen=True, slots=True)
class Again:
    """Another attempt after some seconds; `requeued`: the broker itself brings this message back."""

    delay: float
    requeued: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """FAILED: no further attempt."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """CANCELLED by the body: it wants neither a result nor another attempt."""


Verdict = Again | Over | Dropped


class OutOfMemory(TrackwrightError):
    """A body's last attempt raised MemoryError. Celery stops the whole worker for one that reaches it."""


def judge(policy: Policy, error: Exception, attempt: int) -> Verdict:
    """Decide what an error of a body means; whether attempts remain is the database's to say."""
    match error:
        case Ignore():
            return Dropped()
        case Reject():
            return Again(0.0, requeued=True) if _untyped(error).requeue else Over()
        case Retry():
            asked = _seconds(error.when)
            return Again(policy.delay(error, attempt) if asked is None else asked)
        case _ if policy.is_retryable(error):
            return Again(_bounded(policy.delay(error, attempt)))
        case _:
            return Over()


def signal_again(error: Exception, delay: float) -> Exception:
    """What tells Celery that another attempt is on its way."""
    if isinstance(error, Reject | Retry):
        return error
    return Retry(describe(error), exc=error, when=_when(delay))


def signal_over(error: Exception) -> Exception:
    """What tells Celery that no attempt remains: never what would bring the message back."""
    match error:
        case Reject():
            return Reject(_untyped(error).reason, requeue=False)
        case Retry():
            return error.exc if isinstance(error.exc, Exception) else MaxRetriesExceededError(describe(error))
        case MemoryError():
            return OutOfMemory(describe(error))
        case _:
            return error


def _untyped(error: Reject) -> Any:
    # Celery's stubs know neither its reason nor whether it requeues.
    return error


def _seconds(when: Any) -> float | None:
    if when is None:
        return None
    if isinstance(when, datetime):
        moment = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
        when = (moment - datetime.now(UTC)).total_seconds()
    return _bounded(float(when))


def _bounded(delay: float) -> float:
    # Not written as a clamp: NaN compares false with everything and becomes the longest wait.
    return max(delay, 0.0) if delay <= LONGEST_WAIT else LONGEST_WAIT


def _when(delay: float) -> Any:
    # Celery's stubs ask for numbers.Real, which type checkers do not match with float.
    return delay
