"""The sweep: re-send what was committed and never sent, recover rows of dead workers, cancel stale ones.

Safe from many places at once, and from processes that never saw the tasks: what it needs lies in the rows.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from trackwright import query
from trackwright.errors import TrackwrightError
from trackwright.jobs.database import Database, database_of
from trackwright.jobs.endings import Ending, end_batch
from trackwright.registry import Domain
from trackwright.status import TrackingStatus

logger = logging.getLogger("trackwright.sweep")
BATCH = 1_000
"""Rows per domain and kind that one sweep takes at most: an hour-long queue is not flooded."""
Send = Callable[[Row[Any]], bool]


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What one sweep did to one domain, in rows."""

    domain: str
    sent: int
    send_failed: int
    recovered: int
    exhausted: int
    cancelled: int

    @property
    def changed(self) -> int:
        """Rows that the sweep did anything with."""
        return self.sent + self.send_failed + self.exhausted + self.cancelled


class Unsendable(TrackwrightError):
    """A row names no task that the app has: nothing can be sent for it, now or later."""

    def __init__(self, tracking_id: int, task: str | None) -> None:
        named = "names no task" if task is None else f"names the task {task!r}, which this app does not have"
        super().__init__(f"row {tracking_id} {named}")


def sweep(domain: Domain, send: Send, *, batch: int = BATCH) -> SweepResult:
    """Sweep one domain; `send` publishes the message of a row and says whether it went out."""
    database = database_of(domain.session_factory, domain.model)
    model = domain.model
    values = query.parameters(batch=batch)
    cancelling = TrackingStatus.CANCELLED
    cancelled = end_batch(database, model, Ending(cancelling, query.reaped(model)), values)
    for task, stale_after in _stale_limits(domain):
        old = values | query.parameters(stale_after=stale_after, task=task)
        cancelled += end_batch(database, model, Ending(cancelling, query.stale(model)), old)
    exhausted = end_batch(database, model, Ending(TrackingStatus.FAILED, query.exhausted(model)), values)
    recovered = _change(database, query.lost(model), batch=batch)
    # Committed before anything is sent: a worker that is quick finds the row PENDING.
    outgoing = [*recovered, *_change(database, query.due(model), batch=batch)]
    sent = _send_all(outgoing, send)
    return SweepResult(domain.name, sent, len(outgoing) - sent, len(recovered), exhausted, cancelled)


def _stale_limits(domain: Domain) -> Iterable[tuple[str, float]]:
    yield from domain.stale_tasks.items()
    if domain.stale_after is not None:
        yield "", domain.stale_after


def _send_all(rows: Iterable[Row[Any]], send: Send) -> int:
    sent = 0
    for row in rows:
        try:
            if not send(row):
                # The broker is away: the rest waits for the next sweep instead of a time-out each.
                break
        except Unsendable as reason:
            logger.error("%s; its message was not sent", reason)  # noqa: TRY400 -- the place says nothing more
            continue
        sent += 1
    return sent


def _change(database: Database, statement: Any, **values: Any) -> list[Row[Any]]:
    return database.all(statement, query.parameters(**values))
