"""One message, one attempt, run in this process on both databases: every way an attempt can end."""

import asyncio
from typing import Any

import pytest
from celery import Celery
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from trackwright import Backoff, SyncTaskTrackingService
from trackwright.dispatch import Message
from trackwright.jobs import CommitInBody, TaskRun, TrackedTask, tracked_task
from trackwright.testing import captured_dispatch, replaced

Service = SyncTaskTrackingService[Any]
Sessions = sessionmaker[Session]


def run(task: TrackedTask, tracking_id: int, body: Any) -> Any:
    """Deliver one message with a body."""
    with replaced(task, body=body):
        return task.apply(args=(tracking_id,))


def insert_effect(run: TaskRun[Any]) -> str:
    """A body that writes into its own database."""
    run.session.add(run.model(etf_id="EFFECT"))
    return "done"


def effects(session: Session, model: Any) -> int:
    """How often the effect is there."""
    session.rollback()
    return len(session.scalars(select(model).where(model.etf_id == "EFFECT")).all())


def test_effect_and_completed_commit_together(
    task: TrackedTask, tracking_id: int, service: Service, session: Session, model: Any
) -> None:
    result = run(task, tracking_id, insert_effect)
    assert (result.state, result.result) == ("SUCCESS", "done")
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts, row.lease_until, row.error_message) == ("COMPLETED", 1, None, None)
    assert row.completed_at > row.started_at
    assert effects(session, model) == 1


def test_a_body_that_writes_nothing_completes(task: TrackedTask, tracking_id: int, service: Service) -> None:
    run(task, tracking_id, lambda _: None)
    assert service.get_status(tracking_id).status == "COMPLETED"


def test_a_failure_rolls_back_and_is_tried_again(
    task: TrackedTask, tracking_id: int, service: Service, session: Session, model: Any, sent: list[float]
) -> None:
    def body(run: TaskRun[Any]) -> None:
        insert_effect(run)
        run.session.flush()
        message = "no route"
        raise ConnectionError(message)

    result = run(task, tracking_id, body)
    assert result.state == "RETRY"
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts, row.error_message) == ("PENDING", 1, "ConnectionError: no route")
    assert row.started_at is None
    assert abs((row.scheduled_at - row.updated_at).total_seconds() - 40) < 0.1
    assert row.dispatch_at > row.scheduled_at
    assert sent == [40]
    assert effects(session, model) == 0


def test_an_early_message_is_sent_again_with_the_rest(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float]
) -> None:
    run(task, tracking_id, _failing)
    result = run(task, tracking_id, insert_effect)
    assert result.state == "IGNORED"
    assert service.get_status(tracking_id).attempts == 1
    assert len(sent) == 2
    assert 35 < sent[1] <= 40


def _failing(run: TaskRun[Any]) -> None:
    message = f"attempt {run.attempt}"
    raise ValueError(message)


def test_attempts_run_out(app: Celery, model: Any, sessions: Sessions, service: Service) -> None:
    task = tracked_task(
        app, model, session_factory=sessions, name="prices.again", backoff=Backoff(base=0, jitter=False)
    )(_failing)
    tracking_id = service.create_tracking(etf_id="IE00", commit=True)
    with captured_dispatch():
        states = [_quietly(task, tracking_id) for _ in range(4)]
    assert states == ["RETRY", "RETRY", "FAILURE", "IGNORED"]
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts, row.error_message) == ("FAILED", 3, "ValueError: attempt 3")
    assert [entry["error"] for entry in row.task_metadata["trail"]] == [
        "ValueError: attempt 1",
        "ValueError: attempt 2",
        "ValueError: attempt 3",
    ]


def _quietly(task: TrackedTask, tracking_id: int) -> str:
    state: str = task.apply(args=(tracking_id,)).state
    return state


def test_give_up_on_ends_at_once(app: Celery, model: Any, sessions: Sessions, service: Service) -> None:
    task = tracked_task(app, model, session_factory=sessions, name="prices.once", give_up_on=(ValueError,))(
        _failing
    )
    tracking_id = service.create_tracking(etf_id="IE00", commit=True)
    assert task.apply(args=(tracking_id,)).state == "FAILURE"
    assert service.get_status(tracking_id).status == "FAILED"


def test_the_body_may_ask_for_another_attempt(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float]
) -> None:
    run(task, tracking_id, lambda run: run.retry(after=7, reason="not published yet"))
    row = service.get_status(tracking_id)
    assert (row.status, row.error_message) == ("PENDING", "RetryRequested: not published yet")
    assert sent == [7]


def test_a_long_wait_is_left_to_the_sweep(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float]
) -> None:
    run(task, tracking_id, lambda run: run.retry(after=7200))
    row = service.get_status(tracking_id)
    assert abs((row.dispatch_at - row.scheduled_at).total_seconds()) < 5
    assert sent == []


def test_a_duplicate_does_nothing_and_never_says_success(
    task: TrackedTask, tracking_id: int, session: Session, model: Any
) -> None:
    run(task, tracking_id, insert_effect)
    assert run(task, tracking_id, insert_effect).state == "IGNORED"
    assert effects(session, model) == 1


def test_a_message_under_a_live_lease_comes_back_when_it_ends(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float]
) -> None:
    states: list[str] = []

    def body(_: TaskRun[Any]) -> None:
        states.append(task.apply(args=(tracking_id,)).state)

    with replaced(task, body=body):
        task.lease = 33
        task.apply(args=(tracking_id,))
    assert states == ["IGNORED"]
    assert 25 < sent[0] <= 33
    assert service.get_status(tracking_id).status == "COMPLETED"


def test_an_expired_claim_is_taken_over_and_the_late_attempt_is_fenced_out(
    task: TrackedTask, tracking_id: int, service: Service, session: Session, model: Any
) -> None:
    late: list[str] = []

    def first(run: TaskRun[Any]) -> None:
        with replaced(task, body=insert_effect):
            late.append(task.apply(args=(tracking_id,)).state)
        insert_effect(run)

    task.lease = 0
    assert run(task, tracking_id, first).state == "IGNORED"
    assert late == ["SUCCESS"]
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts) == ("COMPLETED", 2)
    assert [entry["outcome"] for entry in row.task_metadata["trail"]] == ["LOST"]
    assert effects(session, model) == 1


def test_commit_in_a_body_is_refused(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float]
) -> None:
    caught: list[type] = []

    def body(run: TaskRun[Any]) -> None:
        insert_effect(run)
        try:
            run.session.commit()
        except CommitInBody as error:
            caught.append(type(error))
            raise

    run(task, tracking_id, body)
    assert caught == [CommitInBody]
    assert service.get_status(tracking_id).error_message.startswith(
        "CommitInBody: commit() inside a tracked body"
    )


def test_a_savepoint_in_a_body_is_fine(
    task: TrackedTask, tracking_id: int, session: Session, model: Any
) -> None:
    def body(run: TaskRun[Any]) -> None:
        with run.session.begin_nested():
            insert_effect(run)

    assert run(task, tracking_id, body).state == "SUCCESS"
    assert effects(session, model) == 1


def test_a_part_is_committed_by_a_checkpoint(
    task: TrackedTask, tracking_id: int, service: Service, session: Session, model: Any, sent: list[float]
) -> None:
    def body(run: TaskRun[Any]) -> None:
        insert_effect(run)
        run.checkpoint(commit=True)
        insert_effect(run)
        _failing(run)

    run(task, tracking_id, body)
    assert effects(session, model) == 1
    assert service.get_status(tracking_id).status == "PENDING"


def test_a_cancelled_queued_row_is_not_run(
    task: TrackedTask, tracking_id: int, service: Service, session: Session, model: Any
) -> None:
    service.cancel(tracking_id, "no longer needed", commit=True)
    assert run(task, tracking_id, insert_effect).state == "IGNORED"
    assert effects(session, model) == 0


def test_a_running_body_stops_at_its_checkpoint_and_cleans_up(
    app: Celery,
    model: Any,
    sessions: Sessions,
    service: Service,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("trackwright.jobs.run.POLL_EVERY", 0)
    tracking_id = service.create_tracking(etf_id="IE00", commit=True)

    def body(run: TaskRun[Any]) -> None:
        service.cancel(tracking_id, "market closed", by="ops", commit=True)
        insert_effect(run)
        try:
            run.checkpoint()
        # trackwright: exempt[TW403] reason="swallowing is what is tested" approved-by="maintainers"
        except Exception:  # noqa: BLE001 -- a body must not be able to swallow its cancellation
            return

    task = tracked_task(app, model, session_factory=sessions, name="prices.stop", on_cancel=insert_effect)(
        body
    )
    assert _quietly(task, tracking_id) == "IGNORED"
    row = service.get_status(tracking_id)
    assert row.status == "CANCELLED"
    assert (row.task_metadata["cancel"]["reason"], row.task_metadata["cancel"]["by"]) == (
        "market closed",
        "ops",
    )
    assert effects(session, model) == 1  # the clean-up's, not the body's


def test_a_body_that_fails_after_a_cancel_request_is_cancelled_not_retried(
    task: TrackedTask, tracking_id: int, service: Service
) -> None:
    def body(run: TaskRun[Any]) -> None:
        service.cancel(tracking_id, "stop", commit=True)
        _failing(run)

    assert run(task, tracking_id, body).state == "IGNORED"
    assert service.get_status(tracking_id).status == "CANCELLED"


def test_a_body_that_ends_in_spite_of_a_cancel_request_is_completed(
    task: TrackedTask, tracking_id: int, service: Service, session: Session, model: Any
) -> None:
    def body(run: TaskRun[Any]) -> str:
        assert service.cancel(tracking_id, "too late", commit=True) == "PROCESSING"
        return insert_effect(run)

    assert run(task, tracking_id, body).state == "SUCCESS"
    row = service.get_status(tracking_id)
    assert (row.status, row.task_metadata["cancel"]["reason"]) == ("COMPLETED", "too late")
    assert effects(session, model) == 1


def test_an_async_body_runs_on_the_kept_loop(
    task: TrackedTask, tracking_id: int, service: Service, session: Session, model: Any
) -> None:
    loops: list[int] = []

    async def body(run: TaskRun[Any]) -> str:
        await asyncio.sleep(0)
        loops.append(id(asyncio.get_running_loop()))
        return insert_effect(run)

    assert run(task, tracking_id, body).result == "done"
    second = service.create_tracking(etf_id="IE01", commit=True)
    run(task, second, body)
    assert len(set(loops)) == 1
    assert effects(session, model) == 2


def test_the_run_carries_a_frozen_copy_of_the_row(task: TrackedTask, tracking_id: int) -> None:
    seen: list[Any] = []

    def body(run: TaskRun[Any]) -> None:
        seen.append(
            (run.tracking.etf_id, run.tracking.status, run.tracking.task_metadata["dispatch"], run.attempt)
        )
        with pytest.raises(AttributeError, match="frozen copy"):
            run.tracking.etf_id = "X"

    run(task, tracking_id, body)
    assert seen == [("IE00", "PROCESSING", {"task": "prices.update"}, 1)]


def test_delay_creates_the_row_and_sends_its_message(task: TrackedTask, service: Service) -> None:
    with captured_dispatch() as messages:
        tracking_id = task.delay(etf_id="IE00")
    (message,) = messages
    row = service.get_status(tracking_id)
    assert message == Message(task, tracking_id, row.celery_task_id)
    assert row.task_metadata["dispatch"] == {"task": "prices.update"}
    assert 290 < (row.dispatch_at - row.created_at).total_seconds() <= 301


def test_a_missing_row_is_a_failure_that_says_so(task: TrackedTask) -> None:
    result = task.apply(args=(4711,))
    assert result.state == "FAILURE"
    assert "price_task_tracking has no row 4711" in str(result.result)
