"""What every way in which a message ends is counted as, and what its log records carry."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Ignore
from sqlalchemy.orm import Session, sessionmaker

from trackwright import Backoff, SyncTaskTrackingService
from trackwright.dispatch import Message, publisher, send
from trackwright.jobs import TaskRun, TrackedTask, tracked_task
from trackwright.metrics import InMemoryMetrics, TaskEvent, current, use
from trackwright.metrics.definitions import DURATION, ERRORS, EVENTS, QUEUE_WAIT
from trackwright.testing import captured_dispatch, replaced

Service = SyncTaskTrackingService[Any]
LABELS = ("price", "prices.measured")


@pytest.fixture
def metrics() -> Iterator[InMemoryMetrics]:
    """The metrics of this process while the test runs."""
    before, kept = current(), InMemoryMetrics()
    use(kept)
    yield kept
    use(before)


@pytest.fixture
def task(model: Any, sessions: sessionmaker[Session]) -> TrackedTask:
    """A tracked task whose body each test replaces."""
    app = Celery("tests", broker="memory://", set_as_current=False)

    @tracked_task(
        app,
        model,
        session_factory=sessions,
        name="prices.measured",
        backoff=Backoff(base=0, jitter=False),
        give_up_on=(KeyError,),
    )
    def measured(run: TaskRun[Any]) -> None:
        raise NotImplementedError

    return measured


@pytest.fixture
def tracking_id(service: Service) -> int:
    """A committed PENDING row."""
    return service.create_tracking(etf_id="IE00", commit=True)


def deliver(task: TrackedTask, tracking_id: int, body: Any) -> None:
    """Deliver one message with a body."""
    with replaced(task, body=body), captured_dispatch():
        task.apply(args=(tracking_id,))


def events(metrics: InMemoryMetrics) -> dict[str, float]:
    """How often each event was counted; those that never happened are left out."""
    counted = {event.value: metrics.counted(EVENTS, *LABELS, event.value) for event in TaskEvent}
    return {name: number for name, number in counted.items() if number}


def raising(error: BaseException) -> Any:
    """A body that raises an error."""

    def body(_: TaskRun[Any]) -> None:
        raise error

    return body


@pytest.mark.parametrize(
    ("body", "ended", "error"),
    [
        (lambda _: None, "succeeded", None),
        (raising(ValueError("again")), "retried", "ValueError"),
        (raising(KeyError("over")), "failed", "KeyError"),
        (raising(Ignore("dropped")), "cancelled", "Ignore"),
        (lambda run: run.retry(after=1), "retried", "RetryRequested"),
    ],
    ids=["a body that returns", "an error", "a final error", "Ignore", "run.retry"],
)
def test_an_attempt_is_counted_as_it_ended(
    body: Any, ended: str, error: str | None, task: TrackedTask, tracking_id: int, metrics: InMemoryMetrics
) -> None:
    deliver(task, tracking_id, body)
    assert events(metrics) == {"started": 1, ended: 1}
    assert len(metrics.observed(DURATION, *LABELS)) == 1
    assert len(metrics.observed(QUEUE_WAIT, *LABELS)) == 1
    if error is not None:
        assert metrics.counted(ERRORS, *LABELS, error) == 1


def test_a_cancelled_body_is_counted_as_cancelled(
    task: TrackedTask, tracking_id: int, service: Service, metrics: InMemoryMetrics
) -> None:
    def body(run: TaskRun[Any]) -> None:
        service.cancel(tracking_id, "not needed", commit=True)
        run.cancel_requested = True
        run.checkpoint()

    deliver(task, tracking_id, body)
    assert events(metrics) == {"started": 1, "cancelled": 1}


def test_a_lost_claim_is_counted_as_lost_and_its_log_says_which_row(
    task: TrackedTask,
    tracking_id: int,
    metrics: InMemoryMetrics,
    service: Service,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def body(_: TaskRun[Any]) -> None:
        service.update_status(tracking_id, "CANCELLED", commit=True)

    with caplog.at_level(logging.WARNING, "trackwright.jobs"):
        deliver(task, tracking_id, body)
    assert events(metrics) == {"started": 1, "lost": 1}
    assert fields(caplog) == {"domain": "price", "tracking_id": tracking_id, "attempt": 1}


def test_a_duplicate_is_counted_as_skipped(
    task: TrackedTask, tracking_id: int, metrics: InMemoryMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(task, tracking_id, lambda _: None)
    with caplog.at_level(logging.INFO, "trackwright.jobs"):
        deliver(task, tracking_id, lambda _: None)
    assert events(metrics) == {"started": 1, "succeeded": 1, "skipped": 1}
    assert fields(caplog) == {"domain": "price", "tracking_id": tracking_id, "attempt": None}


@pytest.mark.parametrize(
    ("attempts", "level", "told"),
    [
        pytest.param(
            2, "WARNING", "attempt 1 of price {}: retried: ConnectionError: no answer", id="retried"
        ),
        pytest.param(1, "ERROR", "attempt 1 of price {}: failed: ConnectionError: no answer", id="failed"),
    ],
)
def test_a_failed_attempt_is_logged_with_its_error(
    task: TrackedTask,
    service: Service,
    caplog: pytest.LogCaptureFixture,
    attempts: int,
    level: str,
    told: str,
) -> None:
    def body(_: TaskRun[Any]) -> None:
        message = "no answer"
        raise ConnectionError(message)

    tracking_id = service.create_tracking(etf_id="IE00", max_attempts=attempts, commit=True)
    with caplog.at_level(logging.INFO, "trackwright.jobs"):
        deliver(task, tracking_id, body)
    assert fields(caplog) == {"domain": "price", "tracking_id": tracking_id, "attempt": 1}
    (record,) = [each for each in caplog.records if each.name == "trackwright.jobs"]
    assert (record.levelname, record.getMessage()) == (level, told.format(tracking_id))


def test_a_bodys_own_log_says_which_row(
    task: TrackedTask, tracking_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "trackwright.task"):
        deliver(task, tracking_id, lambda run: run.logger.info("half done"))
    assert fields(caplog, "trackwright.task") == {"domain": "price", "tracking_id": tracking_id, "attempt": 1}


def test_who_cancels_and_why_is_logged(
    service: Service, tracking_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "trackwright.service"):
        service.cancel(tracking_id, "no longer needed", "ann@example.org", commit=True)
    row = service.get_status(tracking_id)
    (record,) = [each for each in caplog.records if each.name == "trackwright.service"]
    assert record.getMessage() == (
        f"cancel of price {tracking_id} asked by ann@example.org: no longer needed; it is CANCELLED now"
    )
    about = {name: vars(record)[name] for name in ("domain", "tracking_id", "celery_task_id", "attempt")}
    assert about == {
        "domain": "price",
        "tracking_id": tracking_id,
        "celery_task_id": row.celery_task_id,
        "attempt": 0,
    }


def fields(caplog: pytest.LogCaptureFixture, logger: str = "trackwright.jobs") -> dict[str, Any]:
    """The structured fields of the only record, less the message's id, which must be there."""
    (record,) = [each for each in caplog.records if each.name == logger]
    assert vars(record)["celery_task_id"]
    return {name: vars(record)[name] for name in ("domain", "tracking_id", "attempt")}


@pytest.mark.parametrize(
    ("seconds_ago", "at_least"), [(90.0, 89.0), (0.0, 0.0)], ids=["due for 90 s", "due now"]
)
def test_queue_wait_counts_from_when_the_row_was_due(
    seconds_ago: float, at_least: float, task: TrackedTask, service: Service, metrics: InMemoryMetrics
) -> None:
    now = datetime.now(UTC)
    due = now - timedelta(seconds=seconds_ago)
    made = now - timedelta(hours=5)
    tracking_id = service.create_tracking(etf_id="IE00", created_at=made, scheduled_at=due, commit=True)
    deliver(task, tracking_id, lambda _: None)
    (wait,) = metrics.observed(QUEUE_WAIT, *LABELS)
    assert at_least <= wait < at_least + 60


def test_queue_wait_of_a_retry_leaves_its_first_attempt_out(
    task: TrackedTask, tracking_id: int, metrics: InMemoryMetrics
) -> None:
    deliver(task, tracking_id, raising(ValueError("again")))
    deliver(task, tracking_id, lambda _: None)
    first, second = metrics.observed(QUEUE_WAIT, *LABELS)
    assert first >= 0
    assert 0 <= second < 30


def test_a_retry_by_hand_has_no_known_wait(
    task: TrackedTask, tracking_id: int, service: Service, metrics: InMemoryMetrics
) -> None:
    deliver(task, tracking_id, raising(KeyError("over")))
    service.retry(tracking_id, commit=True)
    deliver(task, tracking_id, lambda _: None)
    assert events(metrics) == {"started": 2, "failed": 1, "succeeded": 1}
    assert len(metrics.observed(QUEUE_WAIT, *LABELS)) == 1


def test_a_message_that_cannot_be_sent_is_counted(
    task: TrackedTask, metrics: InMemoryMetrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_: Message) -> None:
        raise ConnectionError

    monkeypatch.setattr(publisher, "publish", down)
    assert send([Message(task, 1, "a")]) == 0
    assert metrics.counted(EVENTS, *LABELS, "unsent") == 1
