"""service.wait: it sees the end that somebody else commits, and says what it saw when the time is over."""

import threading
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from trackwright import BaseTaskTrackingService, SyncTaskTrackingService, TrackingNotFound, WaitTimeout
from trackwright.service import waiting
from trackwright.sqlite import configure_sqlite

Service = SyncTaskTrackingService[Any]


@pytest.fixture
def ended_while_waiting(
    monkeypatch: pytest.MonkeyPatch, sessions: sessionmaker[Session], model: Any, tracking_id: int
) -> list[str]:
    """Another session moves the row on, one status after each look; the looks so far."""
    steps = iter(["PROCESSING", "COMPLETED"])
    seen: list[str] = []
    real = waiting.committed_status

    def look(*arguments: Any) -> Any:
        status = real(*arguments)
        seen.append(status)
        if step := next(steps, None):
            mover = threading.Thread(target=move, args=(step,))
            mover.start()
            mover.join()
        return status

    def move(status: str) -> None:
        with sessions() as session:
            SyncTaskTrackingService(session, model).update_status(tracking_id, status, commit=True)

    monkeypatch.setattr("trackwright.service.sync_service.committed_status", look)
    monkeypatch.setattr("trackwright.service.async_service.committed_status", look)
    return seen


def test_it_gives_the_status_at_the_end(
    service: Service, tracking_id: int, ended_while_waiting: list[str]
) -> None:
    assert service.wait(tracking_id, timeout=60) == "COMPLETED"
    assert ended_while_waiting == ["PENDING", "PROCESSING", "COMPLETED"]


async def test_async(database_url: str, model: Any, tracking_id: int, ended_while_waiting: list[str]) -> None:
    engine = create_async_engine(database_url.replace("sqlite:", "sqlite+aiosqlite:"))
    configure_sqlite(engine)
    async with AsyncSession(engine) as session:
        service = BaseTaskTrackingService(session, model)
        assert await service.wait(tracking_id, timeout=60) == "COMPLETED"
        with pytest.raises(TrackingNotFound):
            await service.wait(tracking_id + 1, timeout=60)
    await engine.dispose()
    assert ended_while_waiting[:3] == ["PENDING", "PROCESSING", "COMPLETED"]


def test_it_says_what_it_saw_last_when_the_time_is_over(service: Service, tracking_id: int) -> None:
    service.update_status(tracking_id, "PROCESSING", commit=True)
    with pytest.raises(WaitTimeout, match=f"{tracking_id} is still PROCESSING after 0 s") as raised:
        service.wait(tracking_id, timeout=0)
    assert raised.value.status == "PROCESSING"


def test_a_row_that_is_not_committed_is_not_waited_for(service: Service, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        service.db.rollback()
        missing = 77
    else:
        missing = service.create_tracking(etf_id="IE00")
    with pytest.raises(TrackingNotFound):
        service.wait(missing, timeout=60)
