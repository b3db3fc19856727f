"""A domain in figures: what waits and runs now, how the rows of the last hours ended and how long they took."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Executable, Row, and_, func, or_, select

from trackwright import query
from trackwright.clock import clock, seconds_between
from trackwright.dependency_sql import waiting_for
from trackwright.model import TaskTrackingMixin, domain_of, table_of
from trackwright.status import TrackingStatus

Model: TypeAlias = type[TaskTrackingMixin]
Read: TypeAlias = Callable[[Executable], Sequence[Row[Any]]]
"""Executes a statement and gives its rows: over a session, or over a connection of its own."""


@dataclass(frozen=True, slots=True)
class Window:
    """How the rows that were made in the last `seconds` stand."""

    seconds: float
    created: int
    completed: int
    failed: int
    cancelled: int
    mean_duration: float | None
    longest_duration: float | None
    """Seconds from the start of the last attempt to COMPLETED."""

    @property
    def failure_rate(self) -> float | None:
        """The share of FAILED among those that came to an end by themselves; None when none did."""
        ended = self.completed + self.failed
        return self.failed / ended if ended else None


@dataclass(frozen=True, slots=True)
class DomainFigures:
    """What a domain's table says about it."""

    domain: str
    counts: dict[TrackingStatus, int]
    waiting: float | None
    """Seconds that the longest waiting row has been due; None: none waits."""
    window: Window

    def as_data(self) -> dict[str, Any]:
        """The figures as they go into JSON, on the command line and over REST."""
        window = self.window
        return {
            "domain": self.domain,
            "counts": {status.value: count for status, count in self.counts.items()},
            "longest_wait_seconds": self.waiting,
            "window": {
                "seconds": window.seconds,
                "created": window.created,
                "completed": window.completed,
                "failed": window.failed,
                "cancelled": window.cancelled,
                "failure_rate": window.failure_rate,
                "mean_duration_seconds": window.mean_duration,
                "longest_duration_seconds": window.longest_duration,
            },
        }


def figures_of(model: Model, read: Read, *, window: timedelta) -> DomainFigures:
    """Read the figures of a model's table; the counts walk the whole status index."""
    ((now,),) = read(select(clock()))
    columns = table_of(model).c
    counted = read(select(columns.status, func.count().label("rows")).group_by(columns.status))
    found: dict[str, int] = {row.status: row.rows for row in counted}
    return DomainFigures(
        domain=domain_of(model),
        counts={status: found.get(status.value, 0) for status in TrackingStatus},
        waiting=longest_wait(model, read, now),
        window=window_of(model, read, now=now, length=window),
    )


def longest_wait(model: Model, read: Read, now: datetime) -> float | None:
    """Seconds since the longest waiting row became due: since it was put into the queue, or was scheduled for.

    Rows that wait for their time or for prerequisites wait for no worker, and do not count.
    """
    columns = table_of(model).c
    since = func.min(func.coalesce(columns.scheduled_at, columns.updated_at), type_=columns.updated_at.type)
    due = or_(columns.scheduled_at.is_(None), columns.scheduled_at <= now)
    free = waiting_for(columns.metadata).is_(None)
    ((oldest,),) = read(select(since).where(query.has_status(model, TrackingStatus.PENDING), due, free))
    return None if oldest is None else max(0.0, (now - oldest).total_seconds())


def window_of(model: Model, read: Read, *, now: datetime, length: timedelta) -> Window:
    """How the rows that were made within a length of time before now stand."""
    columns = table_of(model).c
    completed = columns.status == TrackingStatus.COMPLETED.value
    duration = seconds_between(columns.started_at, columns.completed_at)
    statement = select(
        func.count().label("created"),
        *(
            func.count().filter(columns.status == status.value).label(status.value.lower())
            for status in (TrackingStatus.COMPLETED, TrackingStatus.FAILED, TrackingStatus.CANCELLED)
        ),
        func.avg(duration).filter(completed).label("mean"),
        func.max(duration).filter(completed).label("longest"),
    ).where(and_(columns.created_at >= now - length))
    (row,) = read(statement)
    return Window(
        seconds=length.total_seconds(),
        created=row.created,
        completed=row.completed,
        failed=row.failed,
        cancelled=row.cancelled,
        mean_duration=row.mean,
        longest_duration=row.longest,
    )
