"""Where a hand-written task's rows are: a service it has, or a domain's name and a session of its own."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from trackwright.errors import SessionSettingsError
from trackwright.jobs.database import AsyncDatabase, database_of
from trackwright.jobs.loop import process_loop
from trackwright.model import TaskTrackingMixin, domain_of
from trackwright.registry import Domain, SessionFactory, find, register
from trackwright.retention import Retention
from trackwright.service import BaseTaskTrackingService, SyncTaskTrackingService

DomainOrService = str | SyncTaskTrackingService[Any]
AsyncDomainOrService = str | BaseTaskTrackingService[Any]
ResultT = TypeVar("ResultT")
Step = Callable[[SyncTaskTrackingService[Any]], ResultT]


def register_domain(
    model: type[TaskTrackingMixin],
    session_factory: SessionFactory,
    *,
    stale_after: float | None = None,
    retention: Retention | None = None,
) -> str:
    """Make a domain without tracked tasks known to these utilities and to maintenance; gives its name.

    Hand-written rows have no lease, so the sweep cannot tell a dead worker's row from a long one: with
    `stale_after` it cancels rows that run longer than that many seconds.
    """
    domain = Domain(domain_of(model), model, session_factory, stale_after, retention)
    register(domain)
    return domain.name


def in_service(domain: DomainOrService, step: Step[ResultT]) -> ResultT:
    """Run a step over a service, or over a session of its own; an async project's on the process's loop."""
    if isinstance(domain, SyncTaskTrackingService):
        return step(domain)
    found = find(domain)
    # Asked each time: it also notes the engine, whose connections a forked child must not use.
    if not isinstance(database_of(found.session_factory, found.model), AsyncDatabase):
        return _in_session(found, step)
    if process_loop().is_current():
        message = f"{domain}: inside async code await the function from trackwright.jobs.handwritten.aio"
        raise SessionSettingsError(message)
    return process_loop().run(_in_async_session(found, step))


async def in_service_async(domain: AsyncDomainOrService, step: Step[ResultT]) -> ResultT:
    """The same for async code; a sync project's step runs in a thread, so that it blocks no loop."""
    if isinstance(domain, BaseTaskTrackingService):
        model = domain.model
        return await domain.db.run_sync(lambda session: step(SyncTaskTrackingService(session, model)))
    found = find(domain)
    if isinstance(database_of(found.session_factory, found.model), AsyncDatabase):
        return await _in_async_session(found, step)
    return await asyncio.to_thread(_in_session, found, step)


def _in_session(domain: Domain, step: Step[ResultT]) -> ResultT:
    with domain.session_factory() as session:
        return step(SyncTaskTrackingService(session, domain.model))


async def _in_async_session(domain: Domain, step: Step[ResultT]) -> ResultT:
    opened: AsyncSession = domain.session_factory()
    async with opened as session:
        return await session.run_sync(lambda inner: step(SyncTaskTrackingService(inner, domain.model)))
