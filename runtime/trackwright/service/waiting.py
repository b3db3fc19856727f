"""Waiting for a row's end by looking at it again and again, each time in a transaction of its own.

Not in the caller's: that one would hold SQLite's write lock, or under REPEATABLE READ see the same row for ever.
"""

import time
from collections.abc import Iterator

from sqlalchemy import Connection, inspect, select
from sqlalchemy.orm import Session

from trackwright.errors import TrackingNotFound, WaitTimeout
from trackwright.model import TaskTrackingMixin, table_of
from trackwright.status import ENDS, TrackingStatus

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0
_GROWTH = 1.5


def pauses(timeout: float) -> Iterator[float]:
    """Seconds to sleep between looks: longer and longer, and never beyond the time that is given."""
    deadline = time.monotonic() + timeout
    pause = _FIRST_PAUSE
    while (left := deadline - time.monotonic()) > 0:
        yield min(pause, left)
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)


def committed_status(session: Session, model: type[TaskTrackingMixin], tracking_id: int) -> TrackingStatus:
    """What everybody sees of a row now.

    Raises:
        TrackingNotFound: no such row, or it is not committed yet.
    """
    columns = table_of(model).c
    statement = select(columns.status).where(columns.id == tracking_id)
    bind = session.get_bind(inspect(model))
    if isinstance(bind, Connection):
        status = bind.execute(statement).scalar()
    else:
        with bind.connect() as connection:
            status = connection.execute(statement).scalar()
    if status is None:
        raise TrackingNotFound(table_of(model).name, tracking_id)
    return TrackingStatus(status)


def has_ended(status: TrackingStatus) -> bool:
    """Whether nothing more happens to a row by itself."""
    return status in ENDS


def timed_out(
    model: type[TaskTrackingMixin], tracking_id: int, status: TrackingStatus, timeout: float
) -> WaitTimeout:
    """The error of a wait that was too short."""
    return WaitTimeout(table_of(model).name, tracking_id, status=status.value, timeout=timeout)
