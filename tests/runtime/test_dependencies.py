"""Rows that wait for others, of any domain, on both databases: counted, woken once, cancelled or run anyway."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from celery import Celery
from sqlalchemy import create_engine, event, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from trackwright import (
    BaseTaskTrackingService,
    InvalidTransition,
    MissingPrerequisites,
    SeparateDatabases,
    SyncTaskTrackingService,
    TaskRef,
    TrackingNotFound,
    chain,
    group,
    step,
)
from trackwright.dispatch import Message
from trackwright.jobs import TaskRun, TrackedTask, tracked_task
from trackwright.maintenance.sweep import sweep
from trackwright.registry import Domain
from trackwright.testing import captured_dispatch, replaced

Service = SyncTaskTrackingService[Any]
Sessions = sessionmaker[Session]


@pytest.fixture
def app() -> Celery:
    """A Celery app without a broker."""
    return Celery("tests", broker="memory://", set_as_current=False)


@pytest.fixture
def fetch(app: Celery, model: Any, sessions: Sessions) -> TrackedTask:
    """A tracked task of the first domain."""

    @tracked_task(app, model, session_factory=sessions, name="prices.fetch")
    def fetch(run: TaskRun[Any]) -> None:
        """Do nothing, well."""

    return fetch


@pytest.fixture
def publish(app: Celery, reports: Any, sessions: Sessions) -> TrackedTask:
    """A tracked task of the second domain."""

    @tracked_task(app, reports, session_factory=sessions, name="reports.publish")
    def publish(run: TaskRun[Any]) -> None:
        """Do nothing, well."""

    return publish


@pytest.fixture
def report_service(session: Session, reports: Any) -> Service:
    """The second domain's service, over the same session."""
    return SyncTaskTrackingService(session, reports)


def finish(service: Service, tracking_id: int, status: str = "COMPLETED") -> None:
    """Bring a row to an end by hand."""
    service.update_status(tracking_id, "PROCESSING")
    service.update_status(tracking_id, status, "no route" if status == "FAILED" else None, commit=True)


def delivered(task: TrackedTask, tracking_id: int) -> str:
    """The state that one message leads to; Celery's types know no IGNORED."""
    state: str = task.apply(args=(tracking_id,)).state
    return state


def ids(messages: list[Message]) -> list[tuple[str, int]]:
    """What messages are for."""
    return [(message.task.name, message.tracking_id) for message in messages]


def test_a_row_waits_for_all_of_its_prerequisites_and_is_sent_once(
    service: Service, report_service: Service, model: Any, publish: TrackedTask
) -> None:
    first, second = service.create_many([{"etf_id": "A"}, {"etf_id": "B"}])
    with captured_dispatch() as messages:
        waiting = report_service.enqueue(
            publish, after=[TaskRef(model, first), service.get_status(second)], title="both", commit=True
        )
        assert messages == []
        row = report_service.get_status(waiting)
        assert row.dispatch_at is None
        finish(service, first)
        assert messages == []
        assert report_service.get_status(waiting).task_metadata["waiting_for"] == 1
        finish(service, second)
    assert ids(messages) == [("reports.publish", waiting)]
    row = report_service.get_status(waiting)
    assert "waiting_for" not in row.task_metadata
    assert row.dispatch_at > row.updated_at
    service.db.rollback()  # SQLite has one writer
    assert publish.apply(args=(waiting,)).state == "SUCCESS"


def test_what_is_stored_names_table_and_id(
    service: Service, report_service: Service, model: Any, fetch: TrackedTask
) -> None:
    first = service.create_tracking(etf_id="A")
    waiting = report_service.create_tracking(after=[TaskRef(model, first)], title="x")
    assert service.get_status(first).task_metadata == {"dependents": [[1, "report_task_tracking", waiting]]}
    assert report_service.get_status(waiting).task_metadata == {
        "waiting_for": 1,
        "level": 1,
        "prerequisites": [[0, "price_task_tracking", first]],
    }


def test_a_waiting_row_cannot_start(service: Service, model: Any, fetch: TrackedTask) -> None:
    first = service.create_tracking(etf_id="A")
    waiting = service.enqueue(fetch, after=[TaskRef(model, first)], etf_id="B", commit=True)
    with captured_dispatch() as messages:
        assert delivered(fetch, waiting) == "IGNORED"
    assert messages == []  # an early message does not come back either: the prerequisite sends one
    with pytest.raises(InvalidTransition, match="it waits for 1 prerequisites"):
        service.update_status(waiting, "PROCESSING")


def test_completed_prerequisites_are_not_waited_for(service: Service, model: Any, fetch: TrackedTask) -> None:
    first, second = service.create_many([{"etf_id": "A"}, {"etf_id": "B"}])
    finish(service, first)
    with captured_dispatch() as messages:
        free = service.enqueue(fetch, after=[TaskRef(model, first)], etf_id="C", commit=True)
        assert ids(messages) == [("prices.fetch", free)]
        service.enqueue(
            fetch, after=[TaskRef(model, one) for one in (first, second)], etf_id="D", commit=True
        )
        assert len(messages) == 1
        finish(service, second)
    assert len(messages) == 2


def test_rows_that_do_not_exist_are_all_named_and_nothing_is_written(
    service: Service, session: Session, model: Any, reports: Any
) -> None:
    with pytest.raises(MissingPrerequisites) as caught:
        service.create_tracking(
            after=[TaskRef(model, 41), TaskRef(reports, 42)], parent=TaskRef(reports, 43), etf_id="A"
        )
    assert caught.value.missing == (
        "price_task_tracking 41",
        "report_task_tracking 42",
        "report_task_tracking 43",
    )
    assert session.scalars(select(model)).all() == []


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
@pytest.mark.parametrize("declared", ["before it ended", "after it ended"])
def test_a_failed_or_cancelled_prerequisite_cancels_or_frees(
    service: Service, model: Any, fetch: TrackedTask, status: str, declared: str
) -> None:
    first = service.create_tracking(etf_id="A", commit=True)
    with captured_dispatch() as messages:
        if declared == "after it ended":
            finish(service, first, status)
        cancelled = service.enqueue(fetch, after=[TaskRef(model, first)], etf_id="B")
        freed = service.enqueue(
            fetch, after=[TaskRef(model, first)], on_failure="run", etf_id="C", commit=True
        )
        below = service.enqueue(fetch, after=[TaskRef(model, cancelled)], etf_id="D", commit=True)
        if declared == "before it ended":
            finish(service, first, status)
    assert ids(messages) == [("prices.fetch", freed)]
    assert service.get_status(freed).status == "PENDING"
    row = service.get_status(cancelled)
    assert row.status == "CANCELLED"
    assert row.completed_at is not None
    assert row.task_metadata["cancel"]["reason"] == f"prerequisite price_task_tracking {first} is {status}"
    assert row.task_metadata["cancel"]["by"] == "dependencies"
    assert service.get_status(below).status == "CANCELLED"


def test_the_reason_names_what_failed_first(service: Service, model: Any) -> None:
    first, second, third = [
        ref.tracking_id for ref in service.create_flow(chain(*(step(model, etf_id=name) for name in "ABC")))
    ]
    finish(service, first, "FAILED")
    assert service.get_status(third).task_metadata["cancel"]["reason"] == (
        f"prerequisite price_task_tracking {second} is CANCELLED because price_task_tracking {first} is FAILED"
    )


def test_cancel_without_cascade_frees_what_waited(service: Service, model: Any, fetch: TrackedTask) -> None:
    first, second = service.create_many([{"etf_id": "A"}, {"etf_id": "B"}], commit=True)
    with captured_dispatch() as messages:
        waiting = [
            service.enqueue(fetch, after=[TaskRef(model, one)], etf_id="C", commit=True)
            for one in (first, second)
        ]
        service.cancel(first, "not needed", cascade=False, commit=True)
        service.cancel(second, "not needed", commit=True)
    assert ids(messages) == [("prices.fetch", waiting[0])]
    assert [service.get_status(one).status for one in waiting] == ["PENDING", "CANCELLED"]


def test_another_attempt_of_a_failed_row_wakes_nothing_twice(
    service: Service, model: Any, fetch: TrackedTask
) -> None:
    first, second = service.create_many([{"etf_id": "A"}, {"etf_id": "B"}])
    with captured_dispatch() as messages:
        both = [TaskRef(model, first), TaskRef(model, second)]
        waiting = service.enqueue(fetch, after=both, on_failure="run", etf_id="C", commit=True)
        finish(service, first, "FAILED")
        service.retry(first)
        finish(service, first)
        assert messages == []
        assert service.get_status(waiting).task_metadata["waiting_for"] == 1
        finish(service, second)
    assert ids(messages) == [("prices.fetch", waiting)]


def _failing(run: TaskRun[Any]) -> None:
    message = "no route"
    raise ConnectionError(message)


def _writing(run: TaskRun[Any]) -> None:
    run.session.add(run.model(etf_id="EFFECT"))


@pytest.mark.parametrize("body", [_writing, lambda _: None], ids=["writes", "writes nothing"])
def test_a_worker_wakes_what_waits(
    service: Service, model: Any, reports: Any, fetch: TrackedTask, publish: TrackedTask, body: Any
) -> None:
    with captured_dispatch() as messages:
        first, second = service.create_flow(
            chain(step(model, fetch, etf_id="A"), step(reports, publish, title="x")), commit=True
        )
        with replaced(fetch, body=body):
            assert fetch.apply(args=(first.tracking_id,)).state == "SUCCESS"
    assert ids(messages) == [("prices.fetch", first.tracking_id), ("reports.publish", second.tracking_id)]


def test_a_worker_that_gives_up_cancels_what_waits(
    service: Service, report_service: Service, model: Any, reports: Any, fetch: TrackedTask
) -> None:
    with captured_dispatch():
        first = service.enqueue(fetch, etf_id="A", max_attempts=2)
        waiting = report_service.create_tracking(after=[TaskRef(model, first)], title="x", commit=True)
        with replaced(fetch, body=_failing):
            fetch.backoff = type(fetch.backoff)(base=0, jitter=False)
            assert fetch.apply(args=(first,)).state == "RETRY"
            assert report_service.get_status(waiting).status == "PENDING"
            report_service.db.rollback()
            assert fetch.apply(args=(first,)).state == "FAILURE"
    assert report_service.get_status(waiting).status == "CANCELLED"


def test_a_running_row_takes_what_waits_along_once_it_has_stopped(
    service: Service, model: Any, fetch: TrackedTask
) -> None:
    first = service.create_tracking(etf_id="A", commit=True)
    waiting = service.create_tracking(after=[TaskRef(model, first)], etf_id="B", commit=True)
    seen: list[str] = []

    def body(run: TaskRun[Any]) -> None:
        service.cancel(first, "market closed", commit=True)
        seen.append(service.get_status(waiting).status)
        service.db.rollback()
        run.checkpoint(commit=True)

    with replaced(fetch, body=body):
        assert delivered(fetch, first) == "IGNORED"
    assert seen == ["PENDING"]
    assert service.get_status(waiting).status == "CANCELLED"


def test_a_body_may_make_rows_that_wait_for_its_own(
    service: Service, model: Any, reports: Any, fetch: TrackedTask, publish: TrackedTask
) -> None:
    made: list[int] = []

    def body(run: TaskRun[Any]) -> None:
        own = TaskRef(run.model, run.tracking.id)
        made.append(SyncTaskTrackingService(run.session, reports).enqueue(publish, after=[own], title="x"))

    first = service.create_tracking(etf_id="A", commit=True)
    with captured_dispatch() as messages, replaced(fetch, body=body):
        assert fetch.apply(args=(first,)).state == "SUCCESS"
    assert ids(messages) == [("reports.publish", made[0])]


def test_children_are_counted_across_domains(
    service: Service, report_service: Service, model: Any, session: Session
) -> None:
    parent = service.create_tracking(etf_id="A")
    assert service.progress(parent).fraction == 1.0
    above = TaskRef(model, parent)
    children = service.create_many([{"etf_id": str(n)} for n in range(3)], parent=above)
    report_service.create_tracking(parent=above, title="x")
    finish(service, children[0])
    finish(service, children[1], "FAILED")
    done = service.progress(parent)
    by = {str(status): number for status, number in done.by_status.items()}
    assert (done.total, done.finished, done.fraction) == (4, 2, 0.5)
    assert (by["COMPLETED"], by["FAILED"], by["PENDING"]) == (1, 1, 2)
    session.delete(service.get_status(children[0]))
    assert service.progress(parent).pruned == 1
    assert service.progress(parent).fraction == 0.5
    assert service.get_status(children[1]).task_metadata["parent"] == [0, "price_task_tracking", parent]
    with pytest.raises(TrackingNotFound):
        service.progress(4711)


def test_chains_and_groups_nest(
    service: Service, model: Any, reports: Any, fetch: TrackedTask, publish: TrackedTask
) -> None:
    flow = chain(
        step(model, fetch, etf_id="A"),
        group(step(model, fetch, etf_id="B"), chain(step(model, etf_id="C"), step(model, etf_id="D"))),
        step(reports, publish, title="all"),
    )
    with captured_dispatch() as messages:
        a, b, c, d, last = (ref.tracking_id for ref in service.create_flow(flow, commit=True))
        assert ids(messages) == [("prices.fetch", a)]
        finish(service, a)
        assert ids(messages)[1:] == [("prices.fetch", b)]
        for one in (c, d, b):
            finish(service, one)
    assert ids(messages)[2:] == [("reports.publish", last)]


def test_two_prerequisites_that_finish_at_once_wake_exactly_once(
    service: Service, sessions: Sessions, model: Any, fetch: TrackedTask
) -> None:
    woken: list[int] = []
    for _ in range(15):
        pair = service.create_many([{"etf_id": "A"}, {"etf_id": "B"}], commit=True)
        for one in pair:
            service.update_status(one, "PROCESSING", commit=True)
        waiting = service.enqueue(fetch, after=[TaskRef(model, one) for one in pair], etf_id="C", commit=True)
        with captured_dispatch() as messages:
            _at_once([partial(_complete, sessions, model, one) for one in pair])
        woken += [message.tracking_id for message in messages]
        assert woken[-1:] == [waiting]
    assert len(woken) == 15


def test_a_row_made_while_its_prerequisite_finishes_is_never_forgotten(
    service: Service, sessions: Sessions, model: Any, fetch: TrackedTask
) -> None:
    for _ in range(15):
        first = service.create_tracking(etf_id="A")
        service.update_status(first, "PROCESSING", commit=True)
        made: list[int] = []

        def create(first: int = first, made: list[int] = made) -> None:
            with sessions() as session:
                new = SyncTaskTrackingService(session, model)
                made.append(new.enqueue(fetch, after=[TaskRef(model, first)], etf_id="B", commit=True))

        with captured_dispatch() as messages:
            _at_once([create, partial(_complete, sessions, model, first)])
        assert [message.tracking_id for message in messages] == made
        assert "waiting_for" not in service.get_status(made[0]).task_metadata
        service.db.rollback()


def _complete(sessions: Sessions, model: Any, tracking_id: int) -> None:
    with sessions() as session:
        SyncTaskTrackingService(session, model).update_status(tracking_id, "COMPLETED", commit=True)


def _at_once(steps: list[Callable[[], None]]) -> None:
    """Run steps in threads that start together; an error in one is the test's."""
    ready = threading.Barrier(len(steps))
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        ready.wait(10)
        try:
            work()
        except BaseException as error:  # noqa: BLE001 -- handed to the test
            errors.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


def test_a_chain_of_a_thousand_is_cancelled_to_its_end(
    service: Service, model: Any, session: Session
) -> None:
    made = service.create_flow(chain(*(step(model, etf_id=str(n)) for n in range(1_000))), commit=True)
    finish(service, made[0].tracking_id, "FAILED")
    statuses = session.scalars(select(model.status).order_by(model.id)).all()
    assert statuses == ["FAILED"] + ["CANCELLED"] * 999


def test_ten_thousand_rows_cost_a_handful_of_statements(
    service: Service, model: Any, reports: Any, session: Session, fetch: TrackedTask
) -> None:
    flow = chain(
        step(model, etf_id="start"),
        group(*(chain(step(model, etf_id=str(n)), step(reports, title=str(n))) for n in range(5_000))),
        step(model, fetch, etf_id="end"),
    )
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: statements.append(a[2].split()[0]))
    made = service.create_flow(flow, commit=True)
    assert len(made) == 10_002
    created = [one for one in statements if one != "BEGIN"]
    assert set(created) <= {"INSERT", "WITH", "SELECT"}
    if session.get_bind().dialect.name == "postgresql":  # for SQLite, SQLAlchemy sends one by one in one call
        assert created.count("INSERT") <= 25
    assert len(created) - created.count("INSERT") <= 45  # 250 rows each
    statements.clear()
    finish(service, made[0].tracking_id, "CANCELLED")
    assert statements.count("WITH") <= 45
    left = session.scalars(select(reports.status).distinct()).all()
    assert left == ["CANCELLED"]
    assert service.get_status(made[-1].tracking_id).status == "CANCELLED"


def test_a_task_without_dependencies_costs_a_claim_and_a_completion(
    service: Service, sessions: Sessions, fetch: TrackedTask, session: Session
) -> None:
    tracking_id = service.create_tracking(etf_id="A", commit=True)
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: statements.append(a[2].split()[0]))
    assert fetch.apply(args=(tracking_id,)).state == "SUCCESS"
    assert [one for one in statements if one != "BEGIN"] == ["UPDATE", "UPDATE"]
    second = service.create_tracking(etf_id="B", commit=True)
    statements.clear()
    with replaced(fetch, body=_writing):
        fetch.apply(args=(second,))
    assert [one for one in statements if one != "BEGIN"] == ["UPDATE", "INSERT", "UPDATE"]


def test_an_object_that_the_caller_holds_shows_what_settling_changed(service: Service, model: Any) -> None:
    first = service.get_status(service.create_tracking(etf_id="A"))
    waiting = service.get_status(service.create_tracking(after=[first], etf_id="B"))
    assert first.task_metadata["dependents"] == [[1, "price_task_tracking", waiting.id]]
    service.cancel(first.id, "not needed")
    assert waiting.status == "CANCELLED"


def test_callers_own_keys_of_the_same_names_stop_nothing(
    service: Service, model: Any, session: Session
) -> None:
    row = model(etf_id="A", task_metadata={"waiting_for": "a bus", "level": "x", "dependents": ["y"]})
    session.add(row)
    session.flush()
    below = service.create_tracking(after=[row], etf_id="B")
    finish(service, row.id)
    assert "waiting_for" not in service.get_status(below).task_metadata


def test_pruning_a_finished_prerequisite_is_safe(
    service: Service, session: Session, model: Any, fetch: TrackedTask
) -> None:
    first, second = service.create_many([{"etf_id": "A"}, {"etf_id": "B"}])
    with captured_dispatch() as messages:
        after = [TaskRef(model, first), TaskRef(model, second)]
        waiting = service.enqueue(fetch, after=after, etf_id="C", commit=True)
        finish(service, first)
        session.delete(service.get_status(first))
        session.commit()
        finish(service, second)
    assert ids(messages) == [("prices.fetch", waiting)]
    with pytest.raises(MissingPrerequisites, match=f"price_task_tracking {first}: no such row"):
        service.create_tracking(after=after, etf_id="D")


def test_a_dead_workers_last_attempt_cancels_what_waits(
    service: Service, sessions: Sessions, session: Session, model: Any, fetch: TrackedTask
) -> None:
    first = service.create_tracking(etf_id="A", max_attempts=1)
    waiting = service.create_tracking(after=[TaskRef(model, first)], etf_id="B")
    freed = service.enqueue(fetch, after=[TaskRef(model, first)], on_failure="run", etf_id="C", commit=True)
    service.update_status(first, "PROCESSING")
    service.get_status(first).lease_until = service.get_status(first).created_at
    session.commit()
    with captured_dispatch() as messages:
        swept = sweep(Domain("price", model, sessions), lambda _: True)
    assert (swept.exhausted, ids(messages)) == (1, [("prices.fetch", freed)])
    assert [service.get_status(one).status for one in (first, waiting, freed)] == [
        "FAILED",
        "CANCELLED",
        "PENDING",
    ]


def test_a_row_for_later_is_left_to_the_sweep_when_it_is_free(
    service: Service, model: Any, fetch: TrackedTask
) -> None:
    first = service.get_status(service.create_tracking(etf_id="A"))
    tomorrow = first.created_at + timedelta(days=1)
    with captured_dispatch() as messages:
        waiting = service.enqueue(fetch, after=[first], scheduled_at=tomorrow, etf_id="B", commit=True)
        finish(service, first.id)
    assert messages == []
    assert service.get_status(waiting).dispatch_at == tomorrow


def test_rows_of_another_database_are_refused(session: Session, model: Any, reports: Any) -> None:
    elsewhere = create_engine("sqlite://")
    with Session(binds={model: session.get_bind(), reports: elsewhere}) as both:
        split: Service = SyncTaskTrackingService(both, model)
        with pytest.raises(SeparateDatabases, match=r"price_task_tracking and report_task_tracking"):
            split.create_tracking(after=[TaskRef(reports, 1)], etf_id="A")
    elsewhere.dispose()


async def test_the_async_service_does_the_same(database_url: str, model: Any, reports: Any) -> None:
    made = create_engine(database_url)
    model.metadata.create_all(made)
    made.dispose()
    engine = create_async_engine(database_url.replace("sqlite:", "sqlite+aiosqlite:"), poolclass=NullPool)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        prices: BaseTaskTrackingService[Any] = BaseTaskTrackingService(session, model)
        later: BaseTaskTrackingService[Any] = BaseTaskTrackingService(session, reports)
        first, second = await prices.create_flow(chain(step(model, etf_id="A"), step(model, etf_id="B")))
        held = await later.get_status(await later.create_tracking(after=[second], parent=first, title="x"))
        await prices.update_status(first.tracking_id, "PROCESSING")
        await prices.update_status(first.tracking_id, "COMPLETED")
        assert "waiting_for" not in (await prices.get_status(second.tracking_id)).task_metadata
        await prices.cancel(second.tracking_id, "not needed", commit=True)
        assert held.status == "CANCELLED"
        assert (await prices.progress(first.tracking_id)).finished == 1
    await engine.dispose()
