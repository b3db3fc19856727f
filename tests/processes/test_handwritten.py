"""The principles' two example tasks, hand-written with the utilities of 3.4, on real workers and servers."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from workers import wait_until

from trackwright.jobs.loop import process_loop

Project = Any
DAY = datetime(2024, 3, 1, tzinfo=UTC).date()


@pytest.fixture
def app_name() -> str:
    """The project of the principles."""
    return "principles_app"


def test_etf_prices_are_updated(project: Project) -> None:
    app = project.app
    with app.SessionLocal() as session:
        service = app.ETFPriceUpdateService(session)
        ids = [service.create_price_update(etf_id, DAY) for etf_id in ("IE0", "IE1", "IE2")]
        session.commit()
    ok, once, never = _finished(project, app.update_etf_price, app.ETFPriceUpdateTracking, ids)
    assert (ok.status, ok.attempts, ok.price, ok.source) == ("COMPLETED", 1, Decimal("101.5"), "attempt 1")
    assert ok.created_at <= ok.started_at <= ok.completed_at
    assert (once.status, once.attempts, once.source) == ("COMPLETED", 2, "attempt 2")
    assert (never.status, never.attempts, never.price) == ("FAILED", 3, None)
    assert never.error_message == "ConnectionError: IE2 is not available"
    assert [entry["attempt"] for entry in never.task_metadata["trail"]] == [1, 2, 3]


def test_contributions_are_processed(project: Project) -> None:
    app = project.app

    async def create() -> list[int]:
        async with app.AsyncSessionLocal() as session:
            service = app.ContributionTrackingService(session)
            ids = [
                await service.create_contribution_tracking(pension, Decimal("100.00"), DAY)
                for pension in (10, 11, 12)
            ]
            await session.commit()
            return ids

    ids = process_loop().run(create())
    ok, once, never = _finished(project, app.process_contribution, app.ContributionRealizationTracking, ids)
    assert (ok.status, ok.attempts, ok.amount, ok.currency) == ("COMPLETED", 1, Decimal("100.00"), "EUR")
    assert (once.status, once.attempts) == ("COMPLETED", 2)
    assert once.error_message == "ConnectionError: pension 11 is not available"
    assert (never.status, never.attempts) == ("FAILED", 3)


def _finished(project: Project, task: Any, model: Any, ids: list[int]) -> list[Any]:
    """Send every row's message, twice, and wait until all rows have ended."""

    def rows() -> list[Any]:
        with project.app.SessionLocal() as session:
            return [session.get(model, tracking_id) for tracking_id in ids]

    for tracking_id in (*ids, *ids):
        task.delay(tracking_id)
    with project.start():
        wait_until(
            "all rows to end",
            lambda: all(row.status in {"COMPLETED", "FAILED"} for row in rows()),
            project.folder / "worker.log",
        )
    return rows()
