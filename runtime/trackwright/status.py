"""The status machine (principles 2.2): five statuses and the operations between them, in one table."""

from dataclasses import dataclass
from enum import StrEnum

from trackwright.errors import UnknownStatus


class TrackingStatus(StrEnum):
    """Where a task stands."""

    PENDING = "PENDING"
    """Queued, not started."""
    PROCESSING = "PROCESSING"
    """Being executed."""
    COMPLETED = "COMPLETED"
    """Finished successfully. Final."""
    FAILED = "FAILED"
    """Ended with an error; may go back to PENDING."""
    CANCELLED = "CANCELLED"
    """Cancelled by hand or automatically. Final."""

    @classmethod
    def of(cls, word: str) -> "TrackingStatus":
        """The status that a word in any case means.

        Raises:
            UnknownStatus: no such status; the message lists them.
        """
        try:
            return cls(word.upper())
        except ValueError:
            raise UnknownStatus(word, [status.value for status in cls]) from None


_S = TrackingStatus

ACTIVE = (_S.PENDING, _S.PROCESSING)
ENDS = (_S.COMPLETED, _S.FAILED, _S.CANCELLED)
"""Where nothing more happens by itself; rows that wait for one in such a status wait no longer."""
FINAL = (_S.COMPLETED, _S.CANCELLED)


@dataclass(frozen=True, slots=True)
class Operation:
    """One named way from some statuses to another; `fenced` ones name the attempt that may do it."""

    name: str
    sources: tuple[TrackingStatus, ...]
    target: TrackingStatus
    fenced: bool = False


CLAIM = Operation("claim", (_S.PENDING,), _S.PROCESSING)
TAKE_OVER = Operation("take over", (_S.PROCESSING,), _S.PROCESSING)
COMPLETE = Operation("complete", (_S.PROCESSING,), _S.COMPLETED, fenced=True)
FAIL = Operation("fail", (_S.PROCESSING,), _S.FAILED, fenced=True)
RESCHEDULE = Operation("reschedule", (_S.PROCESSING,), _S.PENDING, fenced=True)
RECOVER = Operation("recover", (_S.PROCESSING,), _S.PENDING)
EXHAUST = Operation("exhaust", (_S.PROCESSING,), _S.FAILED)
CANCEL = Operation("cancel", (_S.PENDING,), _S.CANCELLED)
STOP = Operation("stop", (_S.PROCESSING,), _S.CANCELLED, fenced=True)
ABANDON = Operation("abandon", (_S.PENDING, _S.PROCESSING), _S.CANCELLED)
RETRY = Operation("retry", (_S.FAILED,), _S.PENDING)

OPERATIONS = (CLAIM, TAKE_OVER, COMPLETE, FAIL, RESCHEDULE, RECOVER, EXHAUST, CANCEL, STOP, ABANDON, RETRY)


def transitions() -> frozenset[tuple[TrackingStatus, TrackingStatus]]:
    """Every (from, to) that some operation makes, without those that stay where they are.

    A reschedule passes through FAILED (its trail entry says so), so it counts as PROCESSING -> FAILED -> PENDING.
    """
    pairs = {(source, op.target) for op in OPERATIONS for source in op.sources if source is not op.target}
    return frozenset(pairs - {(_S.PROCESSING, _S.PENDING)})


def check_condition() -> str:
    """The CHECK constraint's condition on the status column."""
    return f"status IN ({', '.join(repr(status.value) for status in TrackingStatus)})"
