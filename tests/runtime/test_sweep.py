"""The sweep: what nobody else brings to its end, and what it must not do."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session, sessionmaker

from trackwright import SyncTaskTrackingService, TaskTrackingMixin, registry
from trackwright.clock import clock
from trackwright.jobs import TaskRun, TrackedTask, tracked_task
from trackwright.maintenance import SweepResult, prune_all, sweep, sweep_all
from trackwright.model import table_of
from trackwright.registry import Domain
from trackwright.testing import captured_dispatch, replaced

Service = SyncTaskTrackingService[Any]


def deliver(task: TrackedTask, tracking_id: int) -> str:
    """Run one attempt; how Celery says it ended."""
    state: str = task.apply(args=(tracking_id,)).state
    return state


@pytest.fixture(autouse=True)
def only_these_domains(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests made known is not swept here."""
    monkeypatch.setattr(registry, "_domains", {})


def make_due(session: Session, model: Any) -> None:
    """As if the time had come to send every row again."""
    table = table_of(model)
    session.rollback()
    session.execute(update(table).where(table.c.dispatch_at.is_not(None)).values(dispatch_at=clock()))
    session.commit()


def swept(app: Celery) -> tuple[list[SweepResult], list[tuple[str, int]]]:
    """Sweep; give what it says and what it sent."""
    with captured_dispatch() as messages:
        results = sweep_all(app)
    return results, [(message.task.name, message.tracking_id) for message in messages]


def test_a_row_made_without_enqueue_is_sent_after_a_long_wait(
    app: Celery, task: TrackedTask, tracking_id: int, session: Session, model: Any, sent: list[float]
) -> None:
    with replaced(task, body=lambda run: run.retry(after=7200)):
        task.apply(args=(tracking_id,), task_id="the-message")
    assert sent == []
    make_due(session, model)
    assert swept(app)[1] == [("prices.update", tracking_id)]
    row = session.get(model, tracking_id)
    assert row is not None
    assert row.celery_task_id == "the-message"


def test_a_row_made_without_enqueue_is_sent_after_a_crash(
    app: Celery, task: TrackedTask, tracking_id: int
) -> None:
    def die(_: TaskRun[Any]) -> None:
        raise SystemExit

    task.lease = 0
    with replaced(task, body=die), pytest.raises(SystemExit):
        task.apply(args=(tracking_id,))
    assert swept(app)[1] == [("prices.update", tracking_id)]


def test_an_early_message_of_a_row_that_no_sweep_sends_stays_in_the_queue(
    task: TrackedTask, service: Service, model: Any, session: Session, sent: list[float]
) -> None:
    tracking_id = service.create_tracking(etf_id="A", commit=True)
    session.execute(update(table_of(model)).values(scheduled_at=_in_an_hour()))
    session.commit()
    assert deliver(task, tracking_id) == "IGNORED"
    assert sent == [300.0]


def _in_an_hour() -> Any:
    return datetime.now(UTC) + timedelta(hours=1)


def test_a_row_of_a_task_that_the_app_lacks_is_no_success_and_stops_no_other(
    app: Celery, task: TrackedTask, service: Service, session: Session, model: Any
) -> None:
    class Gone:
        name = "prices.gone"

        def apply_async(self, **_: Any) -> None:
            """Publish."""

    with captured_dispatch():
        service.enqueue(Gone(), etf_id="A", commit=True)
        known = service.enqueue(task, etf_id="B", commit=True)
    make_due(session, model)
    (result,), messages = swept(app)
    assert messages == [("prices.update", known)]
    assert (result.sent, result.send_failed) == (1, 1)


def test_a_domain_whose_database_is_away_stops_no_other(
    app: Celery, task: TrackedTask, service: Service, session: Session, model: Any, tmp_path: Any
) -> None:
    away = create_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with captured_dispatch():
        tracking_id = service.enqueue(task, etf_id="A", commit=True)
    make_due(session, model)
    registry.register(Domain("away", model, sessionmaker(away)))
    with captured_dispatch() as messages, pytest.raises(Exception, match="unable to open database file"):
        sweep_all(app)
    assert [message.tracking_id for message in messages] == [tracking_id]


def test_sweeps_in_parallel_share_the_rows(
    service: Service, session: Session, model: type[TaskTrackingMixin], sessions: sessionmaker[Session]
) -> None:
    class Sender:
        name = "prices.update"

        def apply_async(self, **_: Any) -> None:
            """Publish."""

    with captured_dispatch():
        ids = service.enqueue_many(Sender(), [{"etf_id": "A"}] * 300, commit=True)
    make_due(session, model)
    taken: list[int] = []
    lock = threading.Lock()

    def send(row: Any) -> bool:
        with lock:
            taken.append(row.id)
        return True

    domain = Domain("price", model, sessions)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: sweep(domain, send, batch=20), range(20)))
    assert sorted(taken) == sorted(ids)
    assert max(result.sent for result in results) <= 20


def test_a_queue_that_is_an_hour_long_is_not_flooded(
    app: Celery, task: TrackedTask, service: Service, session: Session, model: Any
) -> None:
    with captured_dispatch():
        ids = service.enqueue_many(task, [{"etf_id": "A"}] * 5, commit=True)
    table = table_of(model)
    waited = _in_an_hour() - timedelta(hours=2)
    session.execute(update(table).values(updated_at=waited, dispatch_at=waited))
    session.commit()
    assert [tracking_id for _, tracking_id in swept(app)[1]] == ids
    assert swept(app)[1] == []
    session.expire_all()
    ahead = session.get_one(model, ids[0]).dispatch_at - _in_an_hour()
    assert abs(ahead) < timedelta(minutes=1), "the next sending is as far away as the row has waited"


def test_each_task_of_a_domain_has_its_own_limit_for_stale_rows(
    app: Celery, task: TrackedTask, service: Service, sessions: sessionmaker[Session], model: Any
) -> None:
    quick = tracked_task(app, model, session_factory=sessions, name="prices.quick", stale_after=0)(_nothing)
    patient = tracked_task(app, model, session_factory=sessions, name="prices.patient", stale_after=3600)(
        _nothing
    )
    with captured_dispatch():
        ids = [service.enqueue(one, etf_id="A", commit=True) for one in (quick, patient, task)]
    for one in ids:
        service.update_status(one, "PROCESSING", commit=True)
    swept(app)
    assert [service.get_status(one).status for one in ids] == ["CANCELLED", "PROCESSING", "PROCESSING"]


def _nothing(_: TaskRun[Any]) -> None:
    """A body."""


def test_a_domain_that_cannot_be_pruned_stops_no_other(
    app: Celery, service: Service, session: Session, model: Any, tmp_path: Any, task: TrackedTask
) -> None:
    away = create_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    old = service.create_tracking(etf_id="A", commit=True)
    service.cancel(old, "old", commit=True)
    long_ago = _in_an_hour() - timedelta(days=90)
    session.execute(update(table_of(model)).values(created_at=long_ago, completed_at=long_ago))
    session.commit()
    registry.register(Domain("away", model, sessionmaker(away)))
    assert task.name
    with pytest.raises(Exception, match="unable to open database file"):
        prune_all(app)
    session.expire_all()
    assert session.get(model, old) is None
