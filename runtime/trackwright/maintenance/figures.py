"""A domain in figures: what waits and runs now, how the rows of the last hours ended and how long they took."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from trackwright import query
from trackwright.clock import seconds_between
from trackwright.jobs.database import Database, database_of
from trackwright.maintenance.pruning import database_time
from trackwright.model import table_of
from trackwright.registry import Domain
from trackwright.status import TrackingStatus


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


def figures(domain: Domain, *, window: timedelta) -> DomainFigures:
    """Read the figures of a domain."""
    database = database_of(domain.session_factory, domain.model)
    table = table_of(domain.model)
    counted = database.all(select(table.c.status, func.count().label("rows")).group_by(table.c.status), {})
    found: dict[str, int] = {row.status: row.rows for row in counted}
    now = database_time(database)
    return DomainFigures(
        domain=domain.name,
        counts={status: found.get(status.value, 0) for status in TrackingStatus},
        waiting=longest_wait(domain, database, now),
        window=window_of(domain, database, now=now, length=window),
    )


def longest_wait(domain: Domain, database: Database, now: datetime) -> float | None:
    """Seconds since the longest waiting row became due: since it was put into the queue, or was scheduled for."""
    columns = table_of(domain.model).c
    since = func.min(func.coalesce(columns.scheduled_at, columns.updated_at), type_=columns.updated_at.type)
    due = or_(columns.scheduled_at.is_(None), columns.scheduled_at <= now)
    statement = select(since).where(query.has_status(domain.model, TrackingStatus.PENDING), due)
    ((oldest,),) = database.all(statement, {})
    return None if oldest is None else max(0.0, (now - oldest).total_seconds())


def window_of(domain: Domain, database: Database, *, now: datetime, length: timedelta) -> Window:
    """How the rows that were made within a length of time before now stand."""
    columns = table_of(domain.model).c
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
    row: Row[Any] = database.all(statement, {})[0]
    return Window(
        seconds=length.total_seconds(),
        created=row.created,
        completed=row.completed,
        failed=row.failed,
        cancelled=row.cancelled,
        mean_duration=row.mean,
        longest_duration=row.longest,
    )
