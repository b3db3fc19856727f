"""An AsyncSession that expires objects at a commit: reading one afterwards says which setting is wrong."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from trackwright import BaseTaskTrackingCRUD, BaseTaskTrackingService
from trackwright.errors import SessionSettingsError
from trackwright.jobs import AsyncTaskRun, TrackedTask
from trackwright.jobs.loop import process_loop
from trackwright.sqlite import configure_sqlite
from trackwright.testing import replaced

SAYS = r"a PriceTracking is read after a commit that expired it: .*expire_on_commit=False"


@pytest.fixture
async def expiring(database_url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions as async_sessionmaker makes them by default."""
    made = create_async_engine(database_url.replace("sqlite:", "sqlite+aiosqlite:"))
    configure_sqlite(made)
    yield async_sessionmaker(made)
    await made.dispose()


async def test_a_row_of_the_service_or_the_crud(
    expiring: async_sessionmaker[AsyncSession], model: Any, tracking_id: int
) -> None:
    async with expiring() as db:
        row = await BaseTaskTrackingService(db, model).get_status(tracking_id)
        assert row.status == "PENDING"
        await db.commit()
        with pytest.raises(SessionSettingsError, match=SAYS):
            assert row.status
    async with expiring() as db:
        (row,) = await BaseTaskTrackingCRUD(model).get_multi(db)
        await db.commit()
        with pytest.raises(SessionSettingsError, match=SAYS):
            assert row.status
        await db.refresh(row)
        assert row.status == "PENDING"


async def test_objects_of_sessions_that_keep_them_are_read_without_a_word(
    database_url: str, model: Any, tracking_id: int
) -> None:
    made = create_async_engine(database_url.replace("sqlite:", "sqlite+aiosqlite:"))
    configure_sqlite(made)
    async with AsyncSession(made, expire_on_commit=False) as db:
        row = await BaseTaskTrackingService(db, model).get_status(tracking_id)
        await db.commit()
        assert row.status == "PENDING"
    await made.dispose()


def test_what_a_body_reads_after_a_part(
    task: TrackedTask, tracking_id: int, database_url: str, service: Any
) -> None:
    made = create_async_engine(database_url.replace("sqlite:", "sqlite+aiosqlite:"))
    configure_sqlite(made)

    async def body(run: AsyncTaskRun[Any]) -> None:
        row = await run.session.get_one(run.model, tracking_id)
        await run.checkpoint(commit=True)
        assert row.status

    with replaced(task, body=body, session_factory=async_sessionmaker(made)):
        task.apply(args=(tracking_id,))
    process_loop().run(made.dispose())
    assert service.get_status(tracking_id).error_message.startswith(
        "SessionSettingsError: a PriceTracking is read"
    )
