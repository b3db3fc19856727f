"""A project's own isolation level: a body's transaction is READ COMMITTED, or its end and its heartbeat collide."""

from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from trackwright import SyncTaskTrackingService
from trackwright.jobs import AsyncTaskRun, TaskRun, TrackedTask
from trackwright.jobs.loop import process_loop
from trackwright.testing import replaced

Service = SyncTaskTrackingService[Any]
LEVELS = pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE", "AUTOCOMMIT"])


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite has one writer: nothing happens beside it."""
    return postgres_url


def deliver(task: TrackedTask, tracking_id: int, body: Any, factory: Any) -> str:
    """Run one attempt; how Celery says it ended."""
    with replaced(task, body=body, session_factory=factory):
        return str(task.apply(args=(tracking_id,)).state)


def effects(service: Service) -> int:
    """How many rows bodies have written."""
    service.db.rollback()
    return service.db.execute(select(func.count()).where(service.model.etf_id == "EFFECT")).scalar_one()


@LEVELS
@pytest.mark.parametrize("where", ["engine", "options"])
def test_a_heartbeat_during_the_body_costs_no_attempt(
    task: TrackedTask, tracking_id: int, service: Service, postgres_url: str, level: str, where: str
) -> None:
    made = (
        create_engine(postgres_url, isolation_level=level)
        if where == "engine"
        else create_engine(postgres_url)
    )
    engine = made if where == "engine" else made.execution_options(isolation_level=level)

    def body(run: TaskRun[Any]) -> None:
        run.session.execute(text("SELECT 1"))
        run.session.add(run.model(etf_id="EFFECT"))
        run.session.flush()
        assert run.renew(run.database) is not None
        if run.attempt == 1:
            raise ConnectionError

    assert deliver(task, tracking_id, body, sessionmaker(engine)) == "RETRY"
    assert effects(service) == 0
    service.get_status(tracking_id).scheduled_at = None
    service.db.commit()
    assert deliver(task, tracking_id, body, sessionmaker(engine)) == "SUCCESS"
    assert effects(service) == 1
    made.dispose()


@LEVELS
def test_an_async_body(
    task: TrackedTask, tracking_id: int, service: Service, postgres_url: str, level: str
) -> None:
    made = create_async_engine(postgres_url.replace("+psycopg", "+asyncpg"), isolation_level=level)

    async def body(run: AsyncTaskRun[Any]) -> None:
        await run.session.execute(text("SELECT 1"))
        run.session.add(run.model(etf_id="EFFECT"))
        await run.session.flush()
        assert await run.session.run_sync(lambda _: run.renew(run.database)) is not None

    assert deliver(task, tracking_id, body, async_sessionmaker(made)) == "SUCCESS"
    assert effects(service) == 1
    process_loop().run(made.dispose())


def test_a_scoped_session_has_its_own_level_back(
    task: TrackedTask, tracking_id: int, postgres_url: str
) -> None:
    made = create_engine(postgres_url, isolation_level="SERIALIZABLE")
    scoped: scoped_session[Session] = scoped_session(sessionmaker(made))
    levels: list[Any] = []
    show = text("SHOW transaction_isolation")

    def body(run: TaskRun[Any]) -> None:
        levels.append(run.session.scalar(show))

    assert deliver(task, tracking_id, body, scoped) == "SUCCESS"
    levels.append(scoped.scalar(show))
    assert levels == ["read committed", "serializable"]
    scoped.remove()
    made.dispose()
