"""The heartbeat keeps the claims of running bodies, whatever those do with rows and connections."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import sessionmaker
from sqlalchemy.schema import CreateSchema

from trackwright import SyncTaskTrackingService
from trackwright.jobs import TaskRun, TrackedTask
from trackwright.testing import replaced

Service = SyncTaskTrackingService[Any]
PATIENCE = 15.0
SHORT = 1.5
"""Seconds of lease: with them beats come every half second."""


def deliver(task: TrackedTask, tracking_id: int) -> str:
    """Run one attempt; how Celery says it ended."""
    state: str = task.apply(args=(tracking_id,)).state
    return state


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """PostgreSQL alone: SQLite has no heartbeat."""
    return postgres_url


def until_renewed(engine: Engine, tracking_id: int, *, schema: str = "public") -> None:
    """Wait until a row's lease moves."""
    statement = text(f"SELECT lease_until FROM {schema}.price_task_tracking WHERE id = {tracking_id}")

    def lease() -> Any:
        with engine.connect() as connection:
            return connection.execute(statement).scalar_one()

    first = lease()
    until(lambda: lease() > first)


def until(what: Callable[[], bool]) -> None:
    """Wait for something that a heartbeat does."""
    tick = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if what():
            return
        tick.wait(0.05)
    pytest.fail("the heartbeat did not come")


def test_a_lease_shorter_than_the_interval_is_kept(
    task: TrackedTask, tracking_id: int, service: Service, engine: Engine
) -> None:
    task.lease = SHORT
    with replaced(task, body=lambda _: until_renewed(engine, tracking_id)):
        assert deliver(task, tracking_id) == "SUCCESS"
    assert service.get_status(tracking_id).attempts == 1


def test_a_body_that_holds_all_connections_keeps_its_claim(
    task: TrackedTask, tracking_id: int, engine: Engine
) -> None:
    task.lease = SHORT
    small = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=1)

    def body(run: TaskRun[Any]) -> None:
        run.session.connection()
        until_renewed(engine, tracking_id)

    with replaced(task, body=body, session_factory=sessionmaker(small, expire_on_commit=False)):
        assert deliver(task, tracking_id) == "SUCCESS"
    small.dispose()


def test_a_row_that_its_body_has_locked_stops_no_other_claim(
    task: TrackedTask, tracking_id: int, service: Service, engine: Engine
) -> None:
    task.lease = SHORT
    other = service.create_tracking(etf_id="B", commit=True)
    locked, renewed = threading.Event(), threading.Event()

    def body(run: TaskRun[Any]) -> None:
        if run.tracking.id == tracking_id:
            run.session.get(run.model, tracking_id, with_for_update=True)
            locked.set()
            assert renewed.wait(PATIENCE)
        else:
            assert locked.wait(PATIENCE)
            for _ in range(2):
                until_renewed(engine, other)
            renewed.set()

    states: list[str] = []
    with replaced(task, body=body):
        threads = [
            threading.Thread(target=lambda one=one: states.append(deliver(task, one)))
            for one in (tracking_id, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert states == ["SUCCESS", "SUCCESS"]


def test_an_engine_that_translates_schemas_is_renewed_where_its_rows_are(
    task: TrackedTask, engine: Engine, model: Any
) -> None:
    task.lease = SHORT
    tenant = engine.execution_options(schema_translate_map={None: "tenant"})
    with engine.begin() as connection:
        connection.execute(CreateSchema("tenant"))
    model.metadata.create_all(tenant)
    factory = sessionmaker(tenant, expire_on_commit=False)
    with factory() as session:
        tracking_id = SyncTaskTrackingService(session, model).create_tracking(etf_id="A", commit=True)
    with replaced(
        task,
        body=lambda _: until_renewed(engine, tracking_id, schema="tenant"),
        session_factory=factory,
    ):
        assert deliver(task, tracking_id) == "SUCCESS"


def test_a_long_async_cleanup_is_not_interrupted(
    task: TrackedTask, tracking_id: int, service: Service, engine: Engine
) -> None:
    task.lease = SHORT
    ends: list[str] = []

    async def body(_: TaskRun[Any]) -> None:
        service.cancel(tracking_id, "enough", commit=True)
        await asyncio.sleep(PATIENCE)
        ends.append("never stopped")

    async def clean_up(_: TaskRun[Any]) -> None:
        await asyncio.to_thread(until_renewed, engine, tracking_id)
        await asyncio.to_thread(until_renewed, engine, tracking_id)
        ends.append("cleaned up")

    task.on_cancel = clean_up
    with replaced(task, body=body):
        assert deliver(task, tracking_id) == "IGNORED"
    assert ends == ["cleaned up"]
    assert service.get_status(tracking_id).status == "CANCELLED"
