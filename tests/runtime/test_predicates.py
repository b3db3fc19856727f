"""Celery's own ways out of a body: Ignore, Reject, Retry, sys.exit; the row says what the message does."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery import Celery
from celery.exceptions import Ignore, Reject, Retry
from sqlalchemy.orm import Session, sessionmaker

from trackwright import SyncTaskTrackingService
from trackwright.jobs import TaskRun, TrackedTask, tracked_task
from trackwright.testing import replaced

Service = SyncTaskTrackingService[Any]


def deliver(task: TrackedTask, tracking_id: int, error: BaseException) -> str:
    """Run one attempt whose body raises something."""

    def body(run: TaskRun[Any]) -> None:
        run.session.add(run.model(etf_id="EFFECT"))
        raise error

    with replaced(task, body=body):
        state: str = task.apply(args=(tracking_id,)).state
    return state


def test_ignore_cancels_the_row_without_another_attempt(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float]
) -> None:
    assert deliver(task, tracking_id, Ignore("not for us")) == "IGNORED"
    row = service.get_status(tracking_id)
    assert row.status == "CANCELLED"
    assert (row.task_metadata["cancel"]["reason"], row.task_metadata["cancel"]["by"]) == (
        "Ignore: not for us",
        "body",
    )
    assert sent == []


def test_reject_fails_at_once(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float]
) -> None:
    assert deliver(task, tracking_id, Reject("poison", requeue=False)) == "REJECTED"
    row = service.get_status(tracking_id)
    assert row.status == "FAILED"
    assert row.error_message == "poison"
    assert sent == []


def test_reject_with_requeue_gives_the_message_back(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float]
) -> None:
    for _ in range(2):
        assert deliver(task, tracking_id, Reject("busy", requeue=True)) == "REJECTED"
        assert service.get_status(tracking_id).status == "PENDING"
        service.db.rollback()
    deliver(task, tracking_id, Reject("busy", requeue=True))
    assert service.get_status(tracking_id).status == "FAILED"
    assert sent == []


@pytest.mark.parametrize(
    ("when", "low", "high"),
    [
        pytest.param(7, 7, 7, id="seconds"),
        pytest.param(timedelta(hours=2), 7190, 7200, id="a moment"),
        pytest.param(None, 40, 40, id="nothing: the backoff decides"),
    ],
)
def test_retry_is_another_attempt_when_it_says(
    task: TrackedTask,
    tracking_id: int,
    service: Service,
    sent: list[float],
    when: Any,
    low: float,
    high: float,
) -> None:
    moment = datetime.now(UTC) + when if isinstance(when, timedelta) else when
    assert deliver(task, tracking_id, Retry("later", when=moment)) == "RETRY"
    row = service.get_status(tracking_id)
    assert row.status == "PENDING"
    assert low - 1 <= (row.scheduled_at - row.updated_at).total_seconds() <= high + 1
    assert len(sent) == (0 if high > 300 else 1)


@pytest.mark.parametrize("after", [float("nan"), float("inf"), 1e300, -5.0])
def test_a_wait_that_no_calendar_has_is_refused(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float], after: float
) -> None:
    with replaced(task, body=lambda run: run.retry(after=after)):
        task.apply(args=(tracking_id,))
    row = service.get_status(tracking_id)
    assert row.status == "PENDING"
    assert row.error_message.startswith("ValueError: run.retry(after=")
    assert sent == [40]


def test_a_process_that_is_gone_is_for_give_up_on_alone(task: TrackedTask) -> None:
    gone = WorkerLostError("signal 9")
    narrow = replace(task.policy, retry_on=(TimeoutError,))
    assert narrow.is_retryable(gone)
    assert not narrow.is_retryable(TimeLimitExceeded(6))  # the body's own doing
    assert not replace(narrow, give_up_on=(WorkerLostError,)).is_retryable(gone)


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_sys_exit_leaves_the_body_and_the_next_attempt_runs(
    task: TrackedTask, tracking_id: int, service: Service, kind: str
) -> None:
    async def leave_async(_: TaskRun[Any]) -> None:
        sys.exit(3)

    async def work(_: TaskRun[Any]) -> str:
        return "done"

    task.lease = 0
    body: Any = leave_async if kind == "async" else lambda _: sys.exit(3)
    with replaced(task, body=body), pytest.raises(SystemExit):
        task.apply(args=(tracking_id,))
    with replaced(task, body=work):
        assert task.apply(args=(tracking_id,)).result == "done"
    assert service.get_status(tracking_id).attempts == 2


def test_an_eager_app_ends_after_one_attempt(
    model: Any, sessions: sessionmaker[Session], service: Service
) -> None:
    app = Celery("eager", broker="memory://", set_as_current=False)
    app.conf.task_always_eager = True
    ran: list[int] = []

    def body(run: TaskRun[Any]) -> None:
        ran.append(run.attempt)
        message = "no route"
        raise ConnectionError(message)

    task = tracked_task(app, model, session_factory=sessions, name="prices.eager")(body)
    tracking_id = task.delay(etf_id="A")
    assert ran == [1]
    assert service.get_status(tracking_id).status == "PENDING"
