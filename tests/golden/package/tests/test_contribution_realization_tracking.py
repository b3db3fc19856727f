"""Tests of contribution_realization, on a throwaway database of the project's own kind."""

import asyncio
import datetime as dt
from collections.abc import Generator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from trackwright import InvalidTransition, TrackingStatus
from trackwright.jobs import AsyncTaskRun
from trackwright.testing import captured_dispatch, replaced, throwaway_sessions

from app.database import SessionLocal
from app.tracking.contribution_realization.crud import contribution_realization_crud
from app.tracking.contribution_realization.model import ContributionRealizationTracking
from app.tracking.contribution_realization.schemas import (
    ContributionRealizationCreate,
    ContributionRealizationInDB,
)
from app.tracking.contribution_realization.service import ContributionRealizationService
from app.tracking.contribution_realization.tasks import process_contribution

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
def sessions() -> Generator[Sessions]:
    """A fresh place with this domain's table in it."""
    with throwaway_sessions(SessionLocal, ContributionRealizationTracking) as made:
        yield made


def values(number: int = 0) -> dict[str, Any]:
    """Values of a new row; another row for another number."""
    rows: list[dict[str, Any]] = [
        {
            "pension_id": 1,
            "contribution_date": dt.date(2026, 1, 2),
            "amount": Decimal("1.00"),
            "currency": "001",
        },
        {
            "pension_id": 2,
            "contribution_date": dt.date(2026, 1, 3),
            "amount": Decimal("2.00"),
            "currency": "002",
        },
    ]
    return rows[number]


def create(sessions: Sessions, number: int = 0, /, **changes: Any) -> int:
    """Commit a PENDING row."""

    async def scenario() -> int:
        async with sessions() as session:
            return await ContributionRealizationService(session).create_tracking(
                commit=True, **{**values(number), **changes}
            )

    return asyncio.run(scenario())


def move(sessions: Sessions, tracking_id: int, *statuses: str) -> None:
    """Move a row by hand."""

    async def scenario() -> None:
        async with sessions() as session:
            for status in statuses:
                await ContributionRealizationService(session).update_status(
                    tracking_id, status, commit=True
                )

    asyncio.run(scenario())


def row(sessions: Sessions, tracking_id: int) -> ContributionRealizationTracking:
    """The row as it is now."""

    async def scenario() -> ContributionRealizationTracking:
        async with sessions() as session:
            return await ContributionRealizationService(session).get_status(tracking_id)

    return asyncio.run(scenario())


def run(sessions: Sessions, tracking_id: int, body: Any, clean_up: Any = None) -> str:
    """Deliver one message of a row to the task, with another body; how Celery sees it end."""
    task = process_contribution
    with (
        captured_dispatch(),
        replaced(task, body=body, session_factory=sessions, on_cancel=clean_up),
    ):
        return str(task.apply(args=(tracking_id,), throw=False).state)


class TrialError(Exception):
    """An error that deserves another attempt."""

    def __init__(self, message: str) -> None:
        """Take a message, whatever the error it stands for takes."""
        Exception.__init__(self, message)


async def succeed(run: AsyncTaskRun[ContributionRealizationTracking]) -> None:
    """A body with nothing to do."""
    del run


async def fail(run: AsyncTaskRun[ContributionRealizationTracking]) -> None:
    """A body whose work fails."""
    message = f"attempt {run.attempt} failed"
    raise TrialError(message)


def test_a_new_row_has_its_values_and_is_pending(sessions: Sessions) -> None:
    found = row(sessions, create(sessions))
    assert found.status == TrackingStatus.PENDING
    assert (found.attempts, found.max_attempts) == (0, 5)
    for name, value in values().items():
        assert getattr(found, name) == value
    assert (
        ContributionRealizationInDB.model_validate(found).status
        is TrackingStatus.PENDING
    )


def test_the_service_creates_from_typed_arguments(sessions: Sessions) -> None:
    given = ContributionRealizationCreate.model_validate(values()).model_dump(
        exclude_unset=True
    )

    async def scenario() -> int:
        async with sessions() as session:
            tracking_id = await ContributionRealizationService(
                session
            ).create_contribution_realization(**given)
            await session.commit()
            return tracking_id

    tracking_id = asyncio.run(scenario())
    for name, value in values().items():
        assert getattr(row(sessions, tracking_id), name) == value


@pytest.mark.parametrize("name", ["pension_id", "contribution_date", "amount"])
def test_a_required_value_cannot_be_left_out(sessions: Sessions, name: str) -> None:
    missing: dict[str, Any] = {name: None}
    with pytest.raises(IntegrityError):
        create(sessions, **missing)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", Decimal(0)),
    ],
)
def test_a_value_off_limits_is_refused(
    sessions: Sessions, name: str, value: Any
) -> None:
    with pytest.raises(IntegrityError):
        create(sessions, **{name: value})


def test_a_row_goes_the_standard_way(sessions: Sessions) -> None:
    tracking_id = create(sessions)
    move(sessions, tracking_id, "PROCESSING", "COMPLETED")
    found = row(sessions, tracking_id)
    assert found.status == TrackingStatus.COMPLETED
    assert found.started_at is not None
    assert found.completed_at is not None
    assert found.completed_at >= found.started_at


def test_a_way_off_the_diagram_is_refused(sessions: Sessions) -> None:
    tracking_id = create(sessions)
    with pytest.raises(InvalidTransition):
        move(sessions, tracking_id, "COMPLETED")


def test_get_active_by_pension_id_and_contribution_date_finds_the_one_row(
    sessions: Sessions,
) -> None:
    tracking_id = create(sessions)
    wanted = [
        values()[name]
        for name in (
            "pension_id",
            "contribution_date",
        )
    ]

    async def scenario() -> ContributionRealizationTracking | None:
        async with sessions() as session:
            return await contribution_realization_crud.get_active_by_pension_id_and_contribution_date(
                session, *wanted
            )

    found = asyncio.run(scenario())
    assert found is not None
    assert found.id == tracking_id
    with pytest.raises(IntegrityError):
        create(sessions)
    move(sessions, tracking_id, "CANCELLED")
    again = {
        name: values()[name]
        for name in (
            "pension_id",
            "contribution_date",
        )
    }
    assert row(sessions, create(sessions, 1, **again)).status == TrackingStatus.PENDING


def test_lists_show_rows_by_their_status(sessions: Sessions) -> None:
    waiting, done = create(sessions), create(sessions, 1)
    move(sessions, done, "PROCESSING", "COMPLETED")

    async def scenario() -> tuple[list[int], list[int], int]:
        async with sessions() as session:
            completed = await contribution_realization_crud.get_by_status(
                session, "COMPLETED"
            )
            active = await contribution_realization_crud.get_active_tasks(session)
            counts = await contribution_realization_crud.count_by_status(session)
            return (
                [one.id for one in completed],
                [one.id for one in active],
                counts[TrackingStatus.PENDING],
            )

    assert asyncio.run(scenario()) == ([done], [waiting], 1)


def test_the_task_completes_its_row(sessions: Sessions) -> None:
    tracking_id = create(sessions)
    assert run(sessions, tracking_id, succeed) == "SUCCESS"
    found = row(sessions, tracking_id)
    assert (found.status, found.attempts) == (TrackingStatus.COMPLETED, 1)


def test_a_failed_attempt_is_tried_again(sessions: Sessions) -> None:
    tracking_id = create(sessions, max_attempts=2)
    assert run(sessions, tracking_id, fail) == "RETRY"
    found = row(sessions, tracking_id)
    assert (found.status, found.attempts) == (TrackingStatus.PENDING, 1)
    assert found.scheduled_at is not None
    assert found.error_message is not None
    assert "attempt 1 failed" in found.error_message


def test_the_last_attempt_fails_the_row(sessions: Sessions) -> None:
    tracking_id = create(sessions, max_attempts=1)
    assert run(sessions, tracking_id, fail) == "FAILURE"
    assert row(sessions, tracking_id).status == TrackingStatus.FAILED


def test_a_second_message_does_nothing(sessions: Sessions) -> None:
    tracking_id = create(sessions)
    run(sessions, tracking_id, succeed)
    assert run(sessions, tracking_id, fail) == "IGNORED"
    assert row(sessions, tracking_id).status == TrackingStatus.COMPLETED


def test_a_cancelled_row_is_not_run(sessions: Sessions) -> None:
    tracking_id = create(sessions)
    move(sessions, tracking_id, "CANCELLED")
    assert run(sessions, tracking_id, fail) == "IGNORED"
    assert row(sessions, tracking_id).status == TrackingStatus.CANCELLED


def test_a_running_task_stops_when_it_is_cancelled(sessions: Sessions) -> None:
    tracking_id = create(sessions)
    cleaned: list[int] = []

    async def body(run: AsyncTaskRun[ContributionRealizationTracking]) -> None:
        async with sessions() as session:
            await ContributionRealizationService(session).cancel(
                run.tracking.id, "no longer needed", commit=True
            )
        await run.checkpoint(commit=True)

    async def clean_up(run: AsyncTaskRun[ContributionRealizationTracking]) -> None:
        cleaned.append(run.tracking.id)

    assert run(sessions, tracking_id, body, clean_up) == "IGNORED"
    assert row(sessions, tracking_id).status == TrackingStatus.CANCELLED
    assert cleaned == [tracking_id]
