"""Flows across two domains on real workers: each row begins when all that it waits for has completed, and once."""

from typing import Any

import pytest
from workers import wait_until

from trackwright import TaskRef, chain, group, step

Project = Any
pytestmark = [
    pytest.mark.parametrize("app_name", ["flow_app"]),
    pytest.mark.parametrize("servers_kind", ["postgresql+redis"], indirect=True),
]


def create(project: Project, flow: Any) -> list[TaskRef]:
    """Insert a flow's rows and commit."""
    with project.app.SessionLocal() as session:
        made: list[TaskRef] = project.app.PriceService(session).create_flow(flow, commit=True)
        return made


def rows_of(project: Project, made: list[TaskRef]) -> list[Any]:
    """The rows as they are now, in order."""
    with project.app.SessionLocal() as session:
        return [session.get_one(one.model, one.tracking_id) for one in made]


def wait_for_ends(project: Project, made: list[TaskRef]) -> list[Any]:
    """The rows, once all of them have ended."""
    wait_until(
        "all rows to end",
        lambda: all(row.completed_at is not None for row in rows_of(project, made)),
        project.folder / "worker.log",
    )
    return rows_of(project, made)


def test_a_chain_with_a_group_runs_in_order_across_domains(project: Project) -> None:
    app = project.app
    price = step(app.PriceTracking, app.update_price, case="fail once")
    report = step(app.ReportTracking, app.write_report, fails=False)
    made = create(project, chain(group(price, report), report, price))
    with project.start():
        first, side, middle, last = rows = wait_for_ends(project, made)
    assert {row.status for row in rows} == {"COMPLETED"}
    assert [row.attempts for row in rows] == [2, 1, 1, 2]
    assert max(first.completed_at, side.completed_at) <= middle.started_at
    assert middle.completed_at <= last.started_at
    assert [project.effects(row.id) for row in (first, last)] == [1, 1]


def test_prerequisites_that_end_together_wake_a_row_once(project: Project) -> None:
    app = project.app
    price = step(app.PriceTracking, app.update_price, case="ok")
    report = step(app.ReportTracking, app.write_report, fails=False)
    woken = [create(project, chain(group(report, report), price))[-1] for _ in range(10)]
    with project.start():
        rows = wait_for_ends(project, woken)
        log = (project.folder / "worker.log").read_text()
    assert [(row.status, row.attempts) for row in rows] == [("COMPLETED", 1)] * 10
    assert [project.effects(row.id) for row in rows] == [1] * 10
    assert [log.count(f"[{row.celery_task_id}] received") for row in rows] == [1] * 10


def test_rows_behind_a_failed_one_are_cancelled_without_starting(project: Project) -> None:
    app = project.app
    price = step(app.PriceTracking, app.update_price, case="ok")
    failing = step(app.ReportTracking, app.write_report, fails=True)
    made = create(project, chain(failing, price, failing))
    with project.start():
        rows = wait_for_ends(project, made)
    assert [(row.status, row.attempts) for row in rows] == [("FAILED", 1), ("CANCELLED", 0), ("CANCELLED", 0)]
    assert "report_task_tracking" in rows[1].task_metadata["cancel"]["reason"]
    assert project.effects(rows[1].id) == 0
