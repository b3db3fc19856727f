"""Cancelling and retrying rows by hand: each row in a transaction of its own, each with its outcome."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from celery import Celery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from trackwright.dispatch import task_named_in
from trackwright.errors import InvalidTransition, TrackingNotFound
from trackwright.jobs.database import database_of
from trackwright.jobs.loop import process_loop
from trackwright.maintenance.pruning import database_time
from trackwright.model import TaskTrackingMixin, table_of
from trackwright.query import has_status
from trackwright.registry import Domain
from trackwright.service import SyncTaskTrackingService
from trackwright.status import TrackingStatus

ResultT = TypeVar("ResultT")
Service = SyncTaskTrackingService[TaskTrackingMixin]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row."""

    tracking_id: int
    status: TrackingStatus | None
    """The row's status after it; None: it could not be done."""
    note: str | None = None
    """Why it could not be done, or what is still to come."""


def cancel_rows(domain: Domain, ids: Iterable[int], *, reason: str, by: str) -> list[Outcome]:
    """Cancel queued rows, ask running ones to stop."""

    def cancel(service: Service, tracking_id: int) -> Outcome:
        status = service.cancel(tracking_id, reason, by, commit=True)
        running = status is TrackingStatus.PROCESSING
        note = "asked to stop; it becomes CANCELLED at its next checkpoint" if running else None
        return Outcome(tracking_id, status, note)

    return _each(domain, ids, cancel)


def retry_rows(domain: Domain, ids: Iterable[int], app: Celery) -> list[Outcome]:
    """Give FAILED rows another attempt and send their messages."""

    def retry(service: Service, tracking_id: int) -> Outcome:
        name = task_named_in(service.get_status(tracking_id).task_metadata)
        task: Any = None if name is None else app.tasks.get(name)
        service.retry(tracking_id, task, commit=True)
        note = None if task is not None else f"no message was sent: it names the task {name!r}"
        return Outcome(tracking_id, TrackingStatus.PENDING, note)

    return _each(domain, ids, retry)


def failed_ids(domain: Domain, *, within: timedelta, containing: str | None, limit: int) -> list[int]:
    """FAILED rows that were made within a length of time, whose error contains a text; newest first."""
    database = database_of(domain.session_factory, domain.model)
    columns = table_of(domain.model).c
    statement = select(columns.id).where(
        has_status(domain.model, TrackingStatus.FAILED),
        columns.created_at >= database_time(database) - within,
    )
    if containing is not None:
        statement = statement.where(columns.error_message.contains(containing, autoescape=True))
    newest = statement.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit)
    return [row.id for row in database.all(newest, {})]


def _each(domain: Domain, ids: Iterable[int], step: Callable[[Service, int], Outcome]) -> list[Outcome]:
    def work(session: Session) -> list[Outcome]:
        service: Service = SyncTaskTrackingService(session, domain.model)
        outcomes: list[Outcome] = []
        for tracking_id in ids:
            try:
                outcomes.append(step(service, tracking_id))
            except (TrackingNotFound, InvalidTransition) as refusal:
                session.rollback()
                outcomes.append(Outcome(tracking_id, None, str(refusal)))
        return outcomes

    return _in_session(domain, work)


def _in_session(domain: Domain, work: Callable[[Session], ResultT]) -> ResultT:
    """Run work over one of the domain's own sessions, whichever kind its factory makes."""
    opened: Session | AsyncSession = domain.session_factory()
    if isinstance(opened, AsyncSession):
        return process_loop().run(_in_async_session(opened, work))
    with opened as session:
        return work(session)


async def _in_async_session(opened: AsyncSession, work: Callable[[Session], ResultT]) -> ResultT:
    async with opened as session:
        return await session.run_sync(work)
