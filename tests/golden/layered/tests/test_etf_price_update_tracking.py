"""Tests of etf_price_update, on a throwaway database of the project's own kind."""

import datetime as dt
from collections.abc import Generator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker
from trackwright import InvalidTransition, TrackingStatus
from trackwright.jobs import TaskRun
from trackwright.testing import captured_dispatch, replaced, throwaway_sessions

from app.crud.etf_price_update import etf_price_update_crud
from app.database import SessionLocal
from app.models.etf_price_update import EtfPriceUpdateTracking
from app.schemas.etf_price_update import EtfPriceUpdateCreate, EtfPriceUpdateInDB
from app.services.etf_price_update import EtfPriceUpdateService
from app.tasks.etf_price_update import update_etf_price

Sessions = sessionmaker[Session]


@pytest.fixture
def sessions() -> Generator[Sessions]:
    """A fresh place with this domain's table in it."""
    with throwaway_sessions(SessionLocal, EtfPriceUpdateTracking) as made:
        yield made


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


def create(sessions: Sessions, number: int = 0, /, **changes: Any) -> int:
    """Commit a PENDING row."""
    with sessions() as session:
        return EtfPriceUpdateService(session).create_tracking(
            commit=True, **{**values(number), **changes}
        )


def move(sessions: Sessions, tracking_id: int, *statuses: str) -> None:
    """Move a row by hand."""
    with sessions() as session:
        for status in statuses:
            EtfPriceUpdateService(session).update_status(
                tracking_id, status, commit=True
            )


def row(sessions: Sessions, tracking_id: int) -> EtfPriceUpdateTracking:
    """The row as it is now."""
    with sessions() as session:
        return EtfPriceUpdateService(session).get_status(tracking_id)


def run(sessions: Sessions, tracking_id: int, body: Any, clean_up: Any = None) -> str:
    """Deliver one message of a row to the task, with another body; how Celery sees it end."""
    task = update_etf_price
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


def succeed(run: TaskRun[EtfPriceUpdateTracking]) -> None:
    """A body with nothing to do."""
    del run


def fail(run: TaskRun[EtfPriceUpdateTracking]) -> None:
    """A body whose work fails."""
    message = f"attempt {run.attempt} failed"
    raise TrialError(message)


def test_a_new_row_has_its_values_and_is_pending(sessions: Sessions) -> None:
    found = row(sessions, create(sessions))
    assert found.status == TrackingStatus.PENDING
    assert (found.attempts, found.max_attempts) == (0, 3)
    for name, value in values().items():
        assert getattr(found, name) == value
    assert EtfPriceUpdateInDB.model_validate(found).status is TrackingStatus.PENDING


def test_the_service_creates_from_typed_arguments(sessions: Sessions) -> None:
    given = EtfPriceUpdateCreate.model_validate(values()).model_dump(exclude_unset=True)
    with sessions() as session:
        tracking_id = EtfPriceUpdateService(session).create_etf_price_update(**given)
        session.commit()
    for name, value in values().items():
        assert getattr(row(sessions, tracking_id), name) == value


@pytest.mark.parametrize("name", ["etf_id", "date"])
def test_a_required_value_cannot_be_left_out(sessions: Sessions, name: str) -> None:
    missing: dict[str, Any] = {name: None}
    with pytest.raises(IntegrityError):
        create(sessions, **missing)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price", Decimal(0)),
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


def test_get_by_etf_id_and_date_finds_the_one_row(sessions: Sessions) -> None:
    tracking_id = create(sessions)
    wanted = [
        values()[name]
        for name in (
            "etf_id",
            "date",
        )
    ]
    with sessions() as session:
        found = etf_price_update_crud.get_by_etf_id_and_date(session, *wanted)
    assert found is not None
    assert found.id == tracking_id
    with pytest.raises(IntegrityError):
        create(sessions)


def test_lists_show_rows_by_their_status(sessions: Sessions) -> None:
    waiting, done = create(sessions), create(sessions, 1)
    move(sessions, done, "PROCESSING", "COMPLETED")
    with sessions() as session:
        assert [
            one.id for one in etf_price_update_crud.get_by_status(session, "COMPLETED")
        ] == [done]
        assert [one.id for one in etf_price_update_crud.get_active_tasks(session)] == [
            waiting
        ]
        assert (
            etf_price_update_crud.count_by_status(session)[TrackingStatus.PENDING] == 1
        )


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

    def body(run: TaskRun[EtfPriceUpdateTracking]) -> None:
        with sessions() as session:
            EtfPriceUpdateService(session).cancel(
                run.tracking.id, "no longer needed", commit=True
            )
        run.checkpoint(commit=True)

    def clean_up(run: TaskRun[EtfPriceUpdateTracking]) -> None:
        cleaned.append(run.tracking.id)

    assert run(sessions, tracking_id, body, clean_up) == "IGNORED"
    assert row(sessions, tracking_id).status == TrackingStatus.CANCELLED
    assert cleaned == [tracking_id]
