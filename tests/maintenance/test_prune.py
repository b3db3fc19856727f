"""Pruning by retention: what goes, what stays, in batches, beside others, by the index."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ops_models import OrderTracking
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from trackwright import BaseTaskTrackingCRUD, Retention, SyncTaskTrackingCRUD, registry
from trackwright.registry import Domain

DAY = timedelta(days=1)


def test_rows_go_when_their_retention_is_over_and_not_before(ops: Any) -> None:
    gone = ops.add("COMPLETED", "COMPLETED", age=31 * DAY) + ops.add("FAILED", age=91 * DAY)
    kept = ops.add("COMPLETED", age=29 * DAY) + ops.add("FAILED", age=89 * DAY)
    kept += ops.add("CANCELLED", "PENDING", "PROCESSING", age=400 * DAY)
    kept += ops.add("COMPLETED", age=31 * DAY, completed_at=datetime.now(UTC) - DAY)  # long in the queue
    ops.add("COMPLETED", "CANCELLED", domain="report", age=31 * DAY)
    (failed,) = ops.add("FAILED", domain="report", age=400 * DAY)

    dry = ops.run("prune", "--dry-run", "--output-format", "json")
    assert (dry.code, dry.json) == (
        0,
        [{"domain": "order", "deletable": len(gone)}, {"domain": "report", "deletable": 2}],
    )
    assert len(ops.rows()) == len(gone) + len(kept)

    ended = ops.run("prune", "--batch", "1", "--output-format", "json")
    assert (ended.code, ended.json) == (
        0,
        [{"domain": "order", "deleted": 3}, {"domain": "report", "deleted": 2}],
    )
    assert sorted(ops.rows()) == sorted(kept)
    assert list(ops.rows("report")) == [failed]


def test_one_domain_alone_and_a_table_for_people(ops: Any) -> None:
    ops.add("COMPLETED", age=31 * DAY)
    ops.add("COMPLETED", domain="report", age=31 * DAY)
    ended = ops.run("prune", "--domain", "report")
    assert ended.code == 0
    assert "report" in ended.out
    assert "order" not in ended.out
    assert (len(ops.rows()), len(ops.rows("report"))) == (1, 0)


def test_imported_rows_without_an_end_count_from_their_last_change(ops: Any) -> None:
    ops.add("COMPLETED", age=31 * DAY, completed_at=None)
    ops.run("prune")
    assert ops.rows() == {}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_at_once_delete_each_row_once(ops: Any) -> None:
    with ops.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO order_task_tracking (status, created_at, completed_at) SELECT 'COMPLETED',"
                " now() - interval '40 days', now() - interval '40 days' FROM generate_series(1, 3000)"
            )
        )
    ended: list[Any] = []

    def prune() -> None:
        ended.append(ops.run("prune", "--batch", "50", "--domain", "order", "--output-format", "json"))

    both = [threading.Thread(target=prune) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [one.code for one in ended] == [0, 0]
    assert sum(one.json[0]["deleted"] for one in ended) == 3000
    assert ops.rows() == {}


def test_beat_prunes_by_a_task_of_the_app(ops: Any) -> None:
    ops.add("COMPLETED", age=31 * DAY)
    ops.add("COMPLETED", domain="report", age=31 * DAY)
    code = "from ops_app import celery_app; celery_app.tasks['trackwright.prune'].apply().get()"
    environment = {**os.environ, **ops.environment}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=ops.folder)
    assert (ops.rows(), ops.rows("report")) == ({}, {})


def test_crud_prunes_one_batch_in_the_callers_transaction(ops: Any) -> None:
    ops.add("COMPLETED", "COMPLETED", "CANCELLED", age=31 * DAY)
    ops.add("FAILED", age=31 * DAY)
    crud = SyncTaskTrackingCRUD(OrderTracking)
    with Session(ops.engine) as session:
        assert crud.prune(session, batch=2) == 2
        session.rollback()
        assert [crud.prune(session, batch=2) for _ in range(3)] == [2, 1, 0]
        assert crud.prune(session, Retention(failed=30)) == 1
        session.commit()
    assert ops.rows() == {}


def test_crud_lists_failures_newest_first(ops: Any) -> None:
    ops.add("COMPLETED", age=DAY)
    old, middle, new = (
        ops.add("FAILED", age=days * DAY, error_message=error)[0]
        for days, error in ((3, "50% done"), (2, "500 done"), (1, "at 50% again"))
    )
    crud = SyncTaskTrackingCRUD(OrderTracking)
    with Session(ops.engine) as session:
        assert [row.id for row in crud.failures(session)] == [new, middle, old]
        first = crud.failures(session, containing="50%", limit=1)
        assert [row.id for row in first] == [new]
        assert [row.id for row in crud.failures(session, containing="50%", after=first[-1])] == [old]


async def test_both_over_async_sessions(ops: Any) -> None:
    ops.add("COMPLETED", age=31 * DAY)
    (failed,) = ops.add("FAILED")
    url = ops.engine.url.render_as_string(hide_password=False).replace("sqlite:", "sqlite+aiosqlite:")
    engine = create_async_engine(url)
    crud = BaseTaskTrackingCRUD(OrderTracking)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        assert await crud.prune(session) == 1
        assert [row.id for row in await crud.failures(session)] == [failed]
        await session.commit()
    await engine.dispose()
    assert list(ops.rows()) == [failed]


def test_a_task_that_is_silent_about_retention_keeps_what_another_said() -> None:
    kept = {domain.name: domain for domain in registry.domains()}
    year = Retention(completed=365)
    try:
        registry.register(Domain("order", OrderTracking, Session, retention=year))
        registry.register(Domain("order", OrderTracking, Session, stale_after=60))
        found = registry.find("order")
        assert (found.retention, found.stale_after) == (year, 60)
        registry.register(Domain("order", OrderTracking, Session, retention=Retention()))
        assert registry.find("order").retention == Retention()
    finally:
        registry._domains.clear()
        registry._domains.update(kept)


@pytest.mark.parametrize("days", [{"completed": -1}, {"failed": -0.5}])
def test_a_negative_retention_is_refused(days: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="days >= 0"):
        Retention(**days)


def test_on_a_partitioned_table_only_old_rows_go(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    OrderTracking.metadata.create_all(engine)
    now = datetime.now(UTC)
    long_ago = now - 40 * DAY
    with Session(engine) as session:
        for statement in (
            "ALTER TABLE order_task_tracking RENAME TO whole",
            "CREATE TABLE order_task_tracking (LIKE whole INCLUDING DEFAULTS) PARTITION BY RANGE (created_at)",
            f"CREATE TABLE old PARTITION OF order_task_tracking FOR VALUES FROM (MINVALUE) TO ('{now - 9 * DAY}')",
            f"CREATE TABLE new PARTITION OF order_task_tracking FOR VALUES FROM ('{now - 9 * DAY}') TO (MAXVALUE)",
            # The first row of each partition: both lie at the address (0,1).
            "INSERT INTO order_task_tracking (id, status, created_at) VALUES (2, 'PROCESSING', now())",
            f"INSERT INTO old (id, status, created_at, completed_at) VALUES (1, 'FAILED', '{long_ago}', '{long_ago}')",
        ):
            session.execute(text(statement))
        assert session.scalar(text("SELECT count(DISTINCT ctid) FROM order_task_tracking")) == 1
        assert SyncTaskTrackingCRUD(OrderTracking).prune(session, Retention(failed=30)) == 1
        assert session.scalars(text("SELECT id FROM order_task_tracking")).all() == [2]
    engine.dispose()
