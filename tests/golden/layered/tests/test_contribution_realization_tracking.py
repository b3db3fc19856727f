"""Tests of contribution_realization, on a throwaway database of the project's own kind."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Update, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker
from trackwright import Backoff, InvalidTransition, Retention, TrackingStatus
from trackwright.jobs import TaskRun
from trackwright.testing import AssertTransition, EagerTasks, TrackingFactory

from app.crud.contribution_realization import contribution_realization_crud
from app.models.contribution_realization import ContributionRealizationTracking
from app.schemas.contribution_realization import (
    ContributionRealizationCreate,
    ContributionRealizationInDB,
)
from app.services.contribution_realization import ContributionRealizationService
from app.tasks.contribution_realization import process_contribution

Sessions = sessionmaker[Session]


@pytest.fixture
def tracking_models() -> tuple[type[ContributionRealizationTracking], ...]:
    """The tables that the throwaway database of these tests has."""
    return (ContributionRealizationTracking,)


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


def move(sessions: Sessions, tracking_id: int, status: str) -> None:
    """Move a row by hand."""
    with sessions() as session:
        ContributionRealizationService(session).update_status(
            tracking_id, status, commit=True
        )


def row(sessions: Sessions, tracking_id: int) -> ContributionRealizationTracking:
    """The row as it is now."""
    with sessions() as session:
        return ContributionRealizationService(session).get_status(tracking_id)


class TrialError(Exception):
    """An error that deserves another attempt."""

    def __init__(self, message: str) -> None:
        """Take a message, whatever the error it stands for takes."""
        Exception.__init__(self, message)

    def __str__(self) -> str:
        """Say the message."""
        return str(self.args[0])


async def succeed(run: TaskRun[ContributionRealizationTracking]) -> None:
    """A body with nothing to do."""
    del run


async def fail(run: TaskRun[ContributionRealizationTracking]) -> None:
    """A body whose work fails."""
    message = f"attempt {run.attempt} failed"
    raise TrialError(message)


def test_a_new_row_has_its_values_and_is_pending(
    tracking_factory: TrackingFactory,
) -> None:
    found = tracking_factory(ContributionRealizationTracking, **values())
    assert found.status == TrackingStatus.PENDING
    assert (found.attempts, found.max_attempts) == (0, 5)
    for name, value in values().items():
        assert getattr(found, name) == value
    assert (
        ContributionRealizationInDB.model_validate(found).status
        is TrackingStatus.PENDING
    )


def test_the_service_creates_from_typed_arguments(tracking_sessions: Sessions) -> None:
    given = ContributionRealizationCreate.model_validate(values()).model_dump(
        exclude_unset=True
    )
    with tracking_sessions() as session:
        tracking_id = ContributionRealizationService(
            session
        ).create_contribution_realization(**given)
        session.commit()
    for name, value in values().items():
        assert getattr(row(tracking_sessions, tracking_id), name) == value


def test_the_service_fills_in_what_is_left_out(tracking_sessions: Sessions) -> None:
    left_out: dict[str, Any] = {
        "currency": "EUR",
    }
    given = {name: value for name, value in values().items() if name not in left_out}
    with tracking_sessions() as session:
        tracking_id = ContributionRealizationService(
            session
        ).create_contribution_realization(**given)
        session.commit()
    for name, value in left_out.items():
        assert getattr(row(tracking_sessions, tracking_id), name) == value


@pytest.mark.parametrize("name", ["pension_id", "contribution_date", "amount"])
def test_a_required_value_cannot_be_left_out(
    tracking_factory: TrackingFactory, name: str
) -> None:
    missing: dict[str, Any] = {name: None}
    with pytest.raises(IntegrityError):
        tracking_factory(ContributionRealizationTracking, **{**values(), **missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", Decimal(0)),
    ],
)
def test_a_value_off_limits_is_refused(
    tracking_factory: TrackingFactory, name: str, value: Any
) -> None:
    with pytest.raises(IntegrityError):
        tracking_factory(ContributionRealizationTracking, **{**values(), name: value})


def test_a_row_goes_the_standard_way(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(ContributionRealizationTracking, **values())
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
    made = tracking_factory(ContributionRealizationTracking, **values())
    with (
        assert_transition(made, "PENDING", "PENDING"),
        pytest.raises(InvalidTransition),
    ):
        move(tracking_sessions, made.id, "COMPLETED")


def test_get_active_by_pension_id_and_contribution_date_finds_the_one_row(
    tracking_sessions: Sessions, tracking_factory: TrackingFactory
) -> None:
    def found(given: dict[str, Any]) -> int | None:
        with tracking_sessions() as session:
            one = contribution_realization_crud.get_active_by_pension_id_and_contribution_date(
                session, **given
            )
            return None if one is None else one.id

    made = tracking_factory(ContributionRealizationTracking, **values())
    wanted = {name: values()[name] for name in ["pension_id", "contribution_date"]}
    assert found(wanted) == made.id
    for name in ["pension_id", "contribution_date"]:
        assert found({**wanted, name: values(1)[name]}) is None
    with pytest.raises(IntegrityError):
        tracking_factory(ContributionRealizationTracking, **values())
    move(tracking_sessions, made.id, "CANCELLED")
    assert found(wanted) is None
    again = tracking_factory(ContributionRealizationTracking, **{**values(1), **wanted})
    assert found(wanted) == again.id


def test_lists_show_rows_by_their_status(
    tracking_sessions: Sessions, tracking_factory: TrackingFactory
) -> None:
    waiting = tracking_factory(ContributionRealizationTracking, **values()).id
    done = tracking_factory(
        ContributionRealizationTracking, status="COMPLETED", **values(1)
    ).id
    with tracking_sessions() as session:
        assert [
            one.id
            for one in contribution_realization_crud.get_by_status(session, "COMPLETED")
        ] == [done]
        assert [
            one.id for one in contribution_realization_crud.get_active_tasks(session)
        ] == [waiting]
        assert (
            contribution_realization_crud.count_by_status(session)[
                TrackingStatus.PENDING
            ]
            == 1
        )


def test_the_task_keeps_to_its_spec() -> None:
    task = process_contribution
    limits = (task.soft_time_limit, task.time_limit, task.stale_after)
    assert (task.send_to, *limits) == ("contributions", 600, 660, 1800)
    assert task.retention == Retention(completed=90, cancelled=90, failed=365)
    assert task.backoff == Backoff(base=120, cap=21600)
    assert task.retry_on == (Exception,)
    assert task.give_up_on == ()
    assert task.on_cancel is not None


def test_the_task_completes_its_row(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(ContributionRealizationTracking, **values())
    with assert_transition(made, "PENDING", "COMPLETED"):
        assert (
            eager_tracked_tasks.deliver(process_contribution, made, body=succeed)
            == "SUCCESS"
        )
    assert row(tracking_sessions, made.id).attempts == 1


def test_a_failed_attempt_is_tried_again(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(ContributionRealizationTracking, max_attempts=2, **values())
    with assert_transition(made, "PENDING", "PENDING"):
        assert (
            eager_tracked_tasks.deliver(process_contribution, made, body=fail)
            == "RETRY"
        )
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
    made = tracking_factory(ContributionRealizationTracking, max_attempts=1, **values())
    with assert_transition(made, "PENDING", "FAILED"):
        assert (
            eager_tracked_tasks.deliver(process_contribution, made, body=fail)
            == "FAILURE"
        )


@pytest.mark.parametrize("status", ["COMPLETED", "CANCELLED"])
def test_a_message_of_a_row_that_has_ended_does_nothing(
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
    status: str,
) -> None:
    made = tracking_factory(ContributionRealizationTracking, status=status, **values())
    with assert_transition(made, status, status):
        assert (
            eager_tracked_tasks.deliver(process_contribution, made, body=fail)
            == "IGNORED"
        )


def effect_of(run: TaskRun[ContributionRealizationTracking]) -> Update:
    """What a body writes: which attempt it was."""
    noted = {**run.tracking.task_metadata, "effect": f"of attempt {run.attempt}"}
    own = ContributionRealizationTracking.id == run.tracking.id
    return (
        update(ContributionRealizationTracking).where(own).values(task_metadata=noted)
    )


def test_a_worker_that_dies_loses_its_attempt_and_the_effect_is_there_once(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(ContributionRealizationTracking, max_attempts=2, **values())
    ends: list[str] = []

    def body(run: TaskRun[ContributionRealizationTracking]) -> None:
        if run.attempt == 1:
            eager_tracked_tasks.lose_claim(made)
            ends.append(
                eager_tracked_tasks.deliver(process_contribution, made, body=body)
            )
        run.session.execute(effect_of(run))

    with assert_transition(made, "PENDING", "COMPLETED"):
        ends.append(eager_tracked_tasks.deliver(process_contribution, made, body=body))
    assert ends == ["SUCCESS", "IGNORED"]
    assert row(tracking_sessions, made.id).task_metadata["effect"] == "of attempt 2"


def test_a_running_task_stops_when_it_is_cancelled(
    tracking_sessions: Sessions,
    tracking_factory: TrackingFactory,
    eager_tracked_tasks: EagerTasks,
    assert_transition: AssertTransition,
) -> None:
    made = tracking_factory(ContributionRealizationTracking, **values())
    cleaned: list[int] = []

    def body(run: TaskRun[ContributionRealizationTracking]) -> None:
        with tracking_sessions() as session:
            ContributionRealizationService(session).cancel(
                run.tracking.id, "no longer needed", commit=True
            )
        run.checkpoint(commit=True)

    def clean_up(run: TaskRun[ContributionRealizationTracking]) -> None:
        cleaned.append(run.tracking.id)

    with assert_transition(made, "PENDING", "CANCELLED"):
        assert (
            eager_tracked_tasks.deliver(
                process_contribution, made, body=body, on_cancel=clean_up
            )
            == "IGNORED"
        )
    assert cleaned == [made.id]
