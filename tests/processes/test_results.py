"""Beside Celery's own bookkeeping: a result backend that a project keeps, and Celery's chains."""

from typing import Any

import pytest
from celery import chain
from workers import wait_until

Project = Any
pytestmark = pytest.mark.parametrize("servers_kind", ["postgresql+redis"], indirect=True)


@pytest.fixture(autouse=True)
def kept_results(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project and its workers keep results."""
    monkeypatch.setenv("RESULT_BACKEND", redis_url)


def test_a_result_backend_says_success_of_what_ran_alone(project: Project) -> None:
    task = project.app.update_price_kept
    ids = done, failed, dropped, odd = project.enqueue(
        "ok", "fail", "ok", "odd result", task="update_price_kept"
    )
    with project.app.SessionLocal() as session:
        project.app.PriceService(session).cancel(dropped, "not needed", commit=True)
    with project.start() as worker:
        rows = [project.wait_for(one, "COMPLETED", "FAILED", "CANCELLED") for one in ids]
        again = [task.apply_async((row.id,), task_id=row.celery_task_id) for row in rows]
        others = [task.apply_async((row.id,)) for row in rows]
        wait_until(
            "every duplicate to be skipped",
            lambda: worker.log.read_text(errors="replace").count("skipped price") >= 2 * len(ids),
            worker.log,
        )
    assert [row.status for row in rows] == ["COMPLETED", "FAILED", "CANCELLED", "COMPLETED"]
    # Celery cannot keep the last one's result; what the body wrote is there all the same, once.
    assert [one.state == "SUCCESS" for one in again] == [True, False, False, False]
    assert "SUCCESS" not in {one.state for one in others}
    assert [project.effects(one) for one in (done, failed, dropped, odd)] == [1, 0, 0, 1]


def test_the_next_link_of_celerys_own_chain_finds_the_row_before_it_completed(project: Project) -> None:
    with project.app.SessionLocal() as session:
        service = project.app.PriceService(session)
        ids = service.create_many([{"case": "ok"}, *[{"case": "look back"}] * 4], commit=True)
    task = project.app.update_price_kept
    chain(*(task.si(one) for one in ids)).apply_async()
    with project.start():
        rows = [project.wait_for(one, "COMPLETED") for one in ids]
    assert [row.attempts for row in rows] == [1] * len(ids)
