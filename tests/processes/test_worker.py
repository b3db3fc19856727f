"""Real workers on real servers: every row ends as it should, whatever dies on the way."""

from typing import Any

import pytest
import servers
from celery import Celery

from trackwright.maintenance import sweep_all
from trackwright.registry import domains

Project = Any


BOTH = pytest.mark.parametrize("servers_kind", ["postgresql+redis", "sqlite+filesystem"], indirect=True)


@BOTH
def test_rows_end_as_their_bodies_do(project: Project) -> None:
    with project.start():
        ok, once, never, stop = project.enqueue("ok", "fail once", "fail", "until cancelled")
        project.wait_inside(stop)
        with project.app.SessionLocal() as session:
            project.app.PriceService(session).cancel(stop, "not needed", by="ops", commit=True)
        completed = project.wait_for(ok, "COMPLETED")
        retried = project.wait_for(once, "COMPLETED")
        failed = project.wait_for(never, "FAILED")
        cancelled = project.wait_for(stop, "CANCELLED")
    assert (completed.attempts, completed.error_message) == (1, None)
    assert completed.created_at <= completed.started_at <= completed.completed_at
    assert (retried.attempts, retried.error_message) == (2, "ConnectionError: first try fails")
    assert (failed.attempts, failed.error_message) == (3, "ConnectionError: attempt 3 fails")
    assert [entry["attempt"] for entry in failed.task_metadata["trail"]] == [1, 2, 3]
    assert cancelled.task_metadata["cancel"]["by"] == "ops"
    assert [project.effects(one) for one in (ok, once, never, stop)] == [1, 1, 0, 0]


def test_async_bodies_run_over_async_sessions(project: Project) -> None:
    with project.start():
        ok, once, stop = project.enqueue("ok", "fail once", "until cancelled", task="update_price_async")
        project.wait_inside(stop)
        with project.app.SessionLocal() as session:
            project.app.PriceService(session).cancel(stop, "not needed", commit=True)
        project.wait_for(ok, "COMPLETED")
        assert project.wait_for(once, "COMPLETED").attempts == 2
        project.wait_for(stop, "CANCELLED")
    assert [project.effects(one) for one in (ok, once, stop)] == [1, 1, 0]


@BOTH
@pytest.mark.parametrize("pool", ["threads", "solo"])
def test_other_pools_work_too(project: Project, pool: str) -> None:
    with project.start("--pool", pool, "--concurrency", "2"):
        plain, once = project.enqueue("ok", "fail once")
        (awaited,) = project.enqueue("ok", task="update_price_async")
        for one in (plain, once, awaited):
            project.wait_for(one, "COMPLETED")
    assert [project.effects(one) for one in (plain, once, awaited)] == [1, 1, 1]


@pytest.mark.parametrize("servers_kind", ["postgresql+redis"], indirect=True)
def test_a_task_survives_the_sigkill_of_its_worker(project: Project) -> None:
    (tracking_id,) = project.enqueue("hang once")
    with project.start() as first:
        project.wait_inside(tracking_id)
        first.kill()
        with project.start():
            row = _sweep_until_done(project, tracking_id)
    assert (row.status, row.attempts) == ("COMPLETED", 2)
    assert [entry["outcome"] for entry in row.task_metadata["trail"]] == ["LOST"]
    assert project.effects(tracking_id) == 1


def _sweep_until_done(project: Project, tracking_id: int) -> Any:
    from workers import wait_until

    def swept() -> bool:
        sweep_all(project.app.celery_app)
        return bool(project.row(tracking_id).status == "COMPLETED")

    wait_until("the sweep to bring the task to its end", swept, project.folder / "worker.log")
    return project.row(tracking_id)


@pytest.mark.parametrize("servers_kind", ["postgresql+redis"], indirect=True)
def test_a_message_lost_while_the_broker_was_down_is_sent_by_the_sweep(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.redis_server() as broker:
        environment = {**project.environment, "BROKER_URL": broker.url}
        project.app.celery_app.conf.broker_url = broker.url
        project.environment.update(environment)
        broker.kill()
        (tracking_id,) = project.enqueue("ok")
        assert project.row(tracking_id).status == "PENDING"
        broker.start()
        _let_time_pass(project)
        with project.start():
            _sweep_until_done(project, tracking_id)
    assert project.row(tracking_id).attempts == 1
    assert project.effects(tracking_id) == 1


def _let_time_pass(project: Project) -> None:
    """As if the five minutes were over after which the sweep believes a message lost."""
    table = project.app.PriceTracking.__table__
    with project.app.engine.begin() as connection:
        connection.execute(table.update().values(dispatch_at=table.c.created_at))


@BOTH
def test_the_sweep_knows_the_domain_from_the_app_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackwright.registry._domains", {})  # what other tests of this process made known
    app: Celery = project.app.celery_app
    sweep_all(app)
    assert [domain.name for domain in domains()] == ["price"]
