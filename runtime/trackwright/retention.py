"""How long finished rows are kept (principles 7: clean up completed tasks, have a retention policy)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from trackwright.status import TrackingStatus


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that rows are kept after their end; None keeps them for ever.

    Attributes:
        completed: days for COMPLETED rows.
        cancelled: days for CANCELLED rows.
        failed: days for FAILED rows; somebody may still retry them, so they stay unless told otherwise.
    """

    completed: float | None = 30.0
    cancelled: float | None = 30.0
    failed: float | None = None

    def __post_init__(self) -> None:
        if any(days is not None and days < 0 for days in (self.completed, self.cancelled, self.failed)):
            message = f"retention needs days >= 0, or None to keep rows for ever, not {self}"
            raise ValueError(message)

    def cutoffs(self, now: datetime) -> dict[TrackingStatus, datetime | None]:
        """Per final status, the moment before which a row must have ended to be pruned."""
        days = {
            TrackingStatus.COMPLETED: self.completed,
            TrackingStatus.CANCELLED: self.cancelled,
            TrackingStatus.FAILED: self.failed,
        }
        return {status: None if kept is None else now - timedelta(days=kept) for status, kept in days.items()}
