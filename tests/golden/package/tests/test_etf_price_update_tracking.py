"""Tests of etf_price_update, on a throwaway database of the project's own kind."""

import asyncio
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Update, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from trackwright import Backoff, InvalidTransition, Retention, TrackingStatus
from trackwright.jobs import AsyncTaskRun, TaskRun
from trackwright.testing import AssertTransition, EagerTasks, TrackingFactory

from app.tracking.etf_price_update.crud import etf_price_update_crud
from app.tracking.etf_price_update.model import EtfPriceUpdateTracking
from app.tracking.etf_price_update.schemas import (
    EtfPriceUpdateCreate,
    EtfPriceUpdateInDB,
)
from app.tracking.etf_price_update.service import EtfPriceUpdateService
from app.tracking.etf_price_update.tasks import update_etf_price

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
def tracking_models() -> tuple[type[EtfPriceUpdateTracking], ...]:
    """The tables that the throwaway database of these tests has."""
    return (EtfPriceUpdateTracking,)


def values(number: int = 0) -> dict[str, Any]:
    """Values of a new row; another row for another number."""
    rows: list[dict[str, Any]] = [
        {
            "etf_id": "etf_id-1",
            "date": dt.date(2026, 1, 2),
            "price": Decimal("1.000000"),
            "source": "source-1",
        },
        {
            "etf_id": "etf_id-2",
            "date": dt.date(2026, 1, 3),
            "price": Decimal("2.000000"),
            "source": "source-2",
        },
    ]
    return rows[number]


def move(sessions: Sessions, tracking_id: int, status: str) -> None:
    """Move a row by hand."""

    async def scenario() -> None:
        async with sessions() as session:
            await EtfPriceUpdateService(session).update_status(
                tracking_id, status, commit=True
            )

    asyncio.run(scenario())


def row(sessions: Sessions, tracking_id: int) -> EtfPriceUpdateTracking:
    """The row as it is now."""

    async def scenario() -> EtfPriceUpdateTracking:
        async with sessions() as session:
            return await EtfPriceUpdateService(session).get_status(tracking_id)

    return asyncio.run(scenario())


class TrialError(Exception):
    """An error that deserves another attempt."""

    def __init__(self, message: str) -> None:
        """Take a message, whatever the error it stands for takes."""
        Exception.__init__(self, message)

    def __str__(self) -> str:
        """Say the message."""
        return str(self.args[0])


def succeed(run: TaskRun[EtfPriceUpdateTracking]) -> None:
    """A body with nothing to do."""
    del run


def fail(run: TaskRun[EtfPriceUpdateTracking]) -> None:
    """A body whose work fails."""
    message = f"attempt {run.attempt} failed"
    raise TrialError(message)


def test_a_new_row_has_its_values_and_is_pending(
    tracking_factory: TrackingFactory,
) -> None:
    found = tracking_factory(EtfPriceUpdateTracking, **values())
    assert found.status == TrackingStatus.PENDING
    assert (found.attempts, found.max_attempts) == (0, 3)
    for name, value in values().items():
        assert getattr(found, name) == value
    assert EtfPriceUpdateInDB.model_validate(found).status is TrackingStatus.PENDING


def test_the_service_creates_from_typed_arguments(tracking_sessions: Sessions) -> None:
    given = EtfPriceUpdateCreate.model_validate(values()).model_dump(exclude_unset=True)

    async def scenario() -> int:
        async with tracking_sessions() as session:
            tracking_id = await EtfPriceUpdateService(session).create_etf_price_update(
                **given
            )
            await session.commit()
            return tracking_id

    tracking_id = asyncio.run(scenario())
    for name, value in values().items():
        assert getattr(row(tracking_sessions, tracking_id), name) == value


def test_the_service_fills_in_what_is_left_out(tracking_sessions: Sessions) -> None:
    left_out: dict[str, Any] = {
        "price": None,
        "source": None,
    }
    given = {name: value for name, value in values().items() if name not in left_out}

    async def scenario() -> int:
        async with tracking_sessions() as session:
            tracking_id = await EtfPriceUpdateService(session).create_etf_price_update(
                **given
            )
            await session.commit()
            return tracking_id

    tracking_id = asyncio.run(scenario())
    for name, value in left_out.items():
        assert getattr(row(tracking_sessions, tracking_id), name) == value


@pytest.mark.parametrize("name", ["etf_id", "date"])
def test_a_required_value_cannot_be_left_out(
    tracking_factory: TrackingFactory, name: str
) -> None:
    missing: dict[str, Any] = {name: None}
    with pytest.raises(IntegrityError):
        tracking_factory(EtfPriceUpdateTracking, **{**values(), **missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price", Decimal(0)),
    ],
)
def test_a_value_off_limits_is_refused(
    tracking_factory: TrackingFactory, name: str, value: Any
) -> None:
    with pytest.raises(IntegrityError):
        tracking_factory(EtfPriceUpdateTracking, **{**values(), name: value})


def test_a_row_goes_the_standard_way(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(EtfPriceUpdateTracking, **values())
    with assert_transition(made, "PENDING", "PROCESSING"):
        move(tracking_sessions, made.id, "PROCESSING")
    with assert_transition(made, "PROCESSING", "COMPLETED"):
        move(tracking_sessions, made.id, "COMPLETED")
    found = row(tracking_sessions, made.id)
    assert found.started_at is not None
    assert found.completed_at is not None
    assert found.completed_at >= found.started_at


def test_a_way_off_the_diagram_is_refused(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(EtfPriceUpdateTracking, **values())
    with (
        assert_transition(made, "PENDING", "PENDING"),
        pytest.raises(InvalidTransition),
    ):
        move(tracking_sessions, made.id, "COMPLETED")


def test_get_by_etf_id_and_date_finds_the_one_row(
    tracking_sessions: Sessions, tracking_factory: TrackingFactory
) -> None:
    def found(given: dict[str, Any]) -> int | None:
        async def scenario() -> EtfPriceUpdateTracking | None:
            async with tracking_sessions() as session:
                return await etf_price_update_crud.get_by_etf_id_and_date(
                    session, **given
                )

        one = asyncio.run(scenario())
        return None if one is None else one.id

    made = tracking_factory(EtfPriceUpdateTracking, **values())
    wanted = {name: values()[name] for name in ["etf_id", "date"]}
    assert found(wanted) == made.id
    for name in ["etf_id", "date"]:
        assert found({**wanted, name: values(1)[name]}) is None
    with pytest.raises(IntegrityError):
        tracking_factory(EtfPriceUpdateTracking, **values())


def test_lists_show_rows_by_their_status(
    tracking_sessions: Sessions, tracking_factory: TrackingFactory
) -> None:
    waiting = tracking_factory(EtfPriceUpdateTracking, **values()).id
    done = tracking_factory(EtfPriceUpdateTracking, status="COMPLETED", **values(1)).id

    async def scenario() -> tuple[list[int], list[int], int]:
        async with tracking_sessions() as session:
            completed = await etf_price_update_crud.get_by_status(session, "COMPLETED")
            active = await etf_price_update_crud.get_active_tasks(session)
            counts = await etf_price_update_crud.count_by_status(session)
            return (
                [one.id for one in completed],
                [one.id for one in active],
                counts[TrackingStatus.PENDING],
            )

    assert asyncio.run(scenario()) == ([done], [waiting], 1)


def test_the_task_keeps_to_its_spec() -> None:
    task = update_etf_price
    limits = (task.soft_time_limit, task.time_limit, task.stale_after)
    assert (task.send_to, *limits) == ("prices", 300, 360, 900)
    assert task.retention == Retention(completed=30, cancelled=30, failed=90)
    assert task.backoff == Backoff(base=60, cap=3600)
    assert task.retry_on == (Exception,)
    assert task.give_up_on == ()
    assert task.on_cancel is not None


def test_the_task_completes_its_row(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(EtfPriceUpdateTracking, **values())
    with assert_transition(made, "PENDING", "COMPLETED"):
        assert (
            eager_tracked_tasks.deliver(update_etf_price, made, body=succeed)
            == "SUCCESS"
        )
    assert row(tracking_sessions, made.id).attempts == 1


def test_a_failed_attempt_is_tried_again(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(EtfPriceUpdateTracking, max_attempts=2, **values())
    with assert_transition(made, "PENDING", "PENDING"):
        assert eager_tracked_tasks.deliver(update_etf_price, made, body=fail) == "RETRY"
    found = row(tracking_sessions, made.id)
    assert found.attempts == 1
    assert found.scheduled_at is not None
    assert found.error_message is not None
    assert f"attempt {found.attempts} failed" in found.error_message


def test_the_last_attempt_fails_the_row(
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(EtfPriceUpdateTracking, max_attempts=1, **values())
    with assert_transition(made, "PENDING", "FAILED"):
        assert (
            eager_tracked_tasks.deliver(update_etf_price, made, body=fail) == "FAILURE"
        )


@pytest.mark.parametrize("status", ["COMPLETED", "CANCELLED"])
def test_a_message_of_a_row_that_has_ended_does_nothing(
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
    status: str,
) -> None:
    made = tracking_factory(EtfPriceUpdateTracking, status=status, **values())
    with assert_transition(made, status, status):
        assert (
            eager_tracked_tasks.deliver(update_etf_price, made, body=fail) == "IGNORED"
        )


def effect_of(run: AsyncTaskRun[EtfPriceUpdateTracking]) -> Update:
    """What a body writes: which attempt it was."""
    noted = {**run.tracking.task_metadata, "effect": f"of attempt {run.attempt}"}
    own = EtfPriceUpdateTracking.id == run.tracking.id
    return update(EtfPriceUpdateTracking).where(own).values(task_metadata=noted)


def test_a_worker_that_dies_loses_its_attempt_and_the_effect_is_there_once(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(EtfPriceUpdateTracking, max_attempts=2, **values())
    ends: list[str] = []

    async def body(run: AsyncTaskRun[EtfPriceUpdateTracking]) -> None:
        if run.attempt == 1:
            await asyncio.to_thread(eager_tracked_tasks.lose_claim, made)
            again = await asyncio.to_thread(
                eager_tracked_tasks.deliver, update_etf_price, made, body=body
            )
            ends.append(again)
        await run.session.execute(effect_of(run))

    with assert_transition(made, "PENDING", "COMPLETED"):
        ends.append(eager_tracked_tasks.deliver(update_etf_price, made, body=body))
    assert ends == ["SUCCESS", "IGNORED"]
    assert row(tracking_sessions, made.id).task_metadata["effect"] == "of attempt 2"


def test_a_running_task_stops_when_it_is_cancelled(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(EtfPriceUpdateTracking, **values())
    cleaned: list[int] = []

    async def body(run: AsyncTaskRun[EtfPriceUpdateTracking]) -> None:
        async with tracking_sessions() as session:
            await EtfPriceUpdateService(session).cancel(
                run.tracking.id, "no longer needed", commit=True
            )
        await run.checkpoint(commit=True)

    async def clean_up(run: AsyncTaskRun[EtfPriceUpdateTracking]) -> None:
        cleaned.append(run.tracking.id)

    with assert_transition(made, "PENDING", "CANCELLED"):
        assert (
            eager_tracked_tasks.deliver(
                update_etf_price, made, body=body, on_cancel=clean_up
            )
            == "IGNORED"
        )
    assert cleaned == [made.id]
