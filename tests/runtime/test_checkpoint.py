"""Checkpoints and the session's way home: nothing waits for itself, nothing outlives its attempt."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from trackwright import SyncTaskTrackingService
from trackwright.jobs import TaskRun, TrackedTask
from trackwright.testing import replaced

Service = SyncTaskTrackingService[Any]


def deliver(task: TrackedTask, tracking_id: int) -> str:
    """Run one attempt; how Celery says it ended."""
    state: str = task.apply(args=(tracking_id,)).state
    return state


@pytest.fixture
def always_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every checkpoint asks the database."""
    monkeypatch.setattr("trackwright.jobs.run.POLL_EVERY", 0)


@pytest.mark.usefixtures("always_look")
def test_a_body_that_wrote_to_its_own_row_may_look(
    task: TrackedTask, tracking_id: int, service: Service
) -> None:
    def body(run: TaskRun[Any]) -> None:
        run.session.get_one(run.model, tracking_id).etf_id = "CHANGED"
        run.session.flush()
        run.checkpoint()

    with replaced(task, body=body):
        finished = threading.Event()
        states: list[str] = []

        def run_it() -> None:
            states.append(deliver(task, tracking_id))
            finished.set()

        threading.Thread(target=run_it, daemon=True).start()
        assert finished.wait(20), "the body waits for the lock that it holds itself"
    assert states == ["SUCCESS"]
    assert service.get_status(tracking_id).etf_id == "CHANGED"


# SQLite has one writer: nobody can ask while the body's transaction is open.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("always_look")
def test_a_cancel_request_is_seen_though_the_row_is_locked(
    task: TrackedTask, tracking_id: int, service: Service
) -> None:
    def body(run: TaskRun[Any]) -> None:
        service.cancel(tracking_id, "enough", commit=True)
        run.session.get(run.model, tracking_id, with_for_update=True)
        run.checkpoint()

    with replaced(task, body=body):
        assert deliver(task, tracking_id) == "IGNORED"
    assert service.get_status(tracking_id).status == "CANCELLED"


@pytest.mark.usefixtures("always_look")
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_the_cleanup_may_look_and_is_not_stopped_by_the_request_that_started_it(
    task: TrackedTask, tracking_id: int, service: Service, kind: str
) -> None:
    def body(run: TaskRun[Any]) -> None:
        service.cancel(tracking_id, "enough", commit=True)
        run.checkpoint()

    cleaned: list[bool] = []

    def clean_up(run: TaskRun[Any]) -> None:
        run.checkpoint()
        cleaned.append(True)

    async def clean_up_async(run: TaskRun[Any]) -> None:
        await asyncio.sleep(0)
        clean_up(run)

    task.on_cancel = clean_up_async if kind == "async" else clean_up
    with replaced(task, body=body):
        assert deliver(task, tracking_id) == "IGNORED"
    assert cleaned == [True]
    assert service.get_status(tracking_id).status == "CANCELLED"


def test_a_scoped_session_may_commit_again_after_the_body(
    task: TrackedTask, tracking_id: int, sessions: sessionmaker[Session], model: Any
) -> None:
    shared = scoped_session(sessions)
    with replaced(task, body=lambda run: run.session.add(model(etf_id="A")), session_factory=shared):
        task.apply(args=(tracking_id,))
    shared.add(model(etf_id="B"))
    shared.commit()
    shared.remove()
