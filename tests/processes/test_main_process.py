"""Endings that only the main process sees: rows go on at once, under leases that outlast the test, without a sweep."""

import os
import signal
from typing import Any

import pytest
from workers import wait_until

Project = Any
PREFORK = pytest.mark.parametrize("servers_kind", ["postgresql+redis", "sqlite+filesystem"], indirect=True)
ON_REDIS = pytest.mark.parametrize(
    "servers_kind", ["postgresql+redis", "postgresql, asyncpg+redis"], indirect=True
)
ON_POSTGRESQL = pytest.mark.parametrize("servers_kind", ["postgresql+redis"], indirect=True)


def outcomes(row: Any) -> list[str]:
    """What the row's trail says of its attempts, in order."""
    return [entry["outcome"] for entry in row.task_metadata["trail"]]


@ON_POSTGRESQL
def test_at_a_hard_time_limit_a_row_has_another_attempt_or_fails(project: Project) -> None:
    slow, never = project.enqueue("hang once", "hang", task="update_price_soon")
    with project.app.SessionLocal() as session:
        project.app.PriceService(session).get_status(never).max_attempts = 1
        session.commit()
    with project.start():
        retried = project.wait_for(slow, "COMPLETED")
        failed = project.wait_for(never, "FAILED")
    assert retried.task_metadata["trail"][0]["error"].startswith("TimeLimitExceeded")
    assert failed.error_message.startswith("TimeLimitExceeded")
    assert (retried.attempts, project.effects(slow)) == (2, 1)
    assert (failed.attempts, outcomes(failed), project.effects(never)) == (1, ["FAILED"], 0)


@pytest.mark.parametrize(
    ("servers_kind", "task"),
    [
        ("postgresql+redis", "update_price_soft"),
        ("postgresql, asyncpg+redis", "update_price_soft_async"),
        ("sqlite+filesystem", "update_price_soft_async"),
    ],
    indirect=["servers_kind"],
)
def test_at_a_soft_time_limit_a_row_has_another_attempt(project: Project, task: str) -> None:
    (tracking_id,) = project.enqueue("hang once", task=task)
    with project.start():
        row = project.wait_for(tracking_id, "COMPLETED")
    assert row.task_metadata["trail"][0]["error"].startswith("SoftTimeLimitExceeded")
    assert (row.attempts, project.effects(tracking_id)) == (2, 1)


@ON_POSTGRESQL
def test_a_body_out_of_memory_fails_its_row_and_not_the_worker(project: Project) -> None:
    with project.start("--pool", "prefork", "--concurrency", "1"):
        hungry, other = project.enqueue("out of memory", "ok")
        failed = project.wait_for(hungry, "FAILED")
        (after,) = project.enqueue("ok")
        project.wait_for(other, "COMPLETED")
        project.wait_for(after, "COMPLETED")
    assert (failed.attempts, failed.error_message) == (3, "MemoryError")


@PREFORK
def test_a_body_that_leaves_its_process_costs_an_attempt_and_no_lease(project: Project) -> None:
    (tracking_id,) = project.enqueue("leave once", task="update_price_soon")
    with project.start("--pool", "prefork", "--concurrency", "1"):
        row = project.wait_for(tracking_id, "COMPLETED")
    assert row.task_metadata["trail"][0]["error"].startswith("WorkerLostError")
    assert (row.attempts, project.effects(tracking_id)) == (2, 1)


@ON_REDIS
def test_a_killed_child_costs_an_attempt_and_no_lease(project: Project) -> None:
    (tracking_id,) = project.enqueue("hang once", task="update_price_leased")
    with project.start() as worker:
        os.kill(project.wait_inside(tracking_id), signal.SIGKILL)
        row = project.wait_for(tracking_id, "COMPLETED")
    told = f"price {tracking_id}: retried by the main process: WorkerLostError: "
    assert told in worker.log.read_text(errors="replace")
    assert (row.attempts, outcomes(row)) == (2, ["FAILED"])
    assert row.task_metadata["trail"][0]["error"].startswith("WorkerLostError")
    assert project.effects(tracking_id) == 1


@ON_POSTGRESQL
def test_a_revoked_row_is_cancelled_with_its_reason(project: Project) -> None:
    control = project.app.celery_app.control
    with project.start("--pool", "prefork", "--concurrency", "1"):
        running, queued = project.enqueue("hang once", "ok", task="update_price_leased")
        project.wait_inside(running)
        control.revoke(project.row(queued).celery_task_id)
        control.revoke(project.row(running).celery_task_id, terminate=True)
        stopped = project.wait_for(running, "CANCELLED")
        dropped = project.wait_for(queued, "CANCELLED")
    assert stopped.task_metadata["cancel"]["reason"] == "its message was revoked and its process terminated"
    assert dropped.task_metadata["cancel"]["reason"] == "its message was revoked"
    assert (stopped.task_metadata["cancel"]["by"], dropped.attempts) == ("celery", 0)
    assert [project.effects(one) for one in (running, queued)] == [0, 0]


@PREFORK
def test_a_row_whose_message_expired_is_cancelled(project: Project) -> None:
    with project.app.SessionLocal() as session:
        tracking_id = project.app.PriceService(session).create_tracking(case="ok", commit=True)
    project.app.update_price.apply_async((tracking_id,), expires=-1)
    with project.start():
        row = project.wait_for(tracking_id, "CANCELLED")
    assert row.task_metadata["cancel"]["reason"] == "its message expired before a worker took it"


@ON_REDIS
def test_a_cold_shutdown_gives_running_rows_back(project: Project) -> None:
    (tracking_id,) = project.enqueue("hang once", task="update_price_leased")
    with project.start() as worker:
        project.wait_inside(tracking_id)
        worker.process.send_signal(signal.SIGQUIT)
        row = project.wait_for(tracking_id, "PENDING")
        worker.process.wait(20)
    assert outcomes(row) == ["FAILED"]
    with project.start():
        row = project.wait_for(tracking_id, "COMPLETED")
    assert (row.attempts, project.effects(tracking_id)) == (2, 1)


@ON_POSTGRESQL
def test_a_warm_shutdown_lets_bodies_end(project: Project) -> None:
    (tracking_id,) = project.enqueue("until cancelled")
    with project.start() as worker:
        project.wait_inside(tracking_id)
        worker.process.terminate()
        wait_until(
            "the worker to have heard of it",
            lambda: "Warm shutdown" in worker.log.read_text(errors="replace"),
        )
        with project.app.SessionLocal() as session:
            project.app.PriceService(session).cancel(tracking_id, "enough", commit=True)
        assert worker.process.wait(30) == 0
    row = project.row(tracking_id)
    assert (row.status, row.attempts, row.task_metadata.get("trail")) == ("CANCELLED", 1, None)


@PREFORK
def test_rows_follow_celerys_own_ways_out_of_a_body(project: Project) -> None:
    with project.start():
        cases = ("ignore", "reject", "requeue once", "retry once")
        ignored, rejected, requeued, retried = project.enqueue(*cases)
        project.wait_for(ignored, "CANCELLED")
        failed = project.wait_for(rejected, "FAILED")
        assert project.wait_for(requeued, "COMPLETED").attempts == 2
        assert project.wait_for(retried, "COMPLETED").attempts == 2
    assert (failed.attempts, outcomes(failed)) == (1, ["FAILED"])
    assert [project.effects(one) for one in (ignored, rejected, requeued, retried)] == [0, 0, 1, 1]
