"""The connection breaks between a commit and its answer: what was written counts, once, and is not taken for lost."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from celery import Celery
from lossy import LossyProxy, lossy
from sqlalchemy import Engine, create_engine, event, func, select, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

from trackwright import Backoff, SyncTaskTrackingService, TaskRef
from trackwright.jobs import TrackedTask, tracked_task
from trackwright.jobs.in_hand import in_hand
from trackwright.jobs.loop import process_loop
from trackwright.metrics import InMemoryMetrics, TaskEvent, current, use
from trackwright.metrics.definitions import EVENTS
from trackwright.testing import replaced

Service = SyncTaskTrackingService[Any]
UPDATE = "UPDATE price_task_tracking"


@dataclass
class Ground:
    """A tracked task whose way to the database a test may break; `runs` counts what its body did."""

    proxy: LossyProxy
    task: TrackedTask
    asynchronous: bool
    counts: InMemoryMetrics
    runs: int = 0

    def deliver(self, tracking_id: int, body: Callable[[Any], None]) -> str:
        """Deliver the row's message to a worker whose body does something; Celery's state after it."""

        def plain(run: Any) -> str:
            self.runs += 1
            body(run)
            return "done"

        async def awaited(run: Any) -> str:
            return plain(run)

        with replaced(self.task, body=awaited if self.asynchronous else plain):
            return str(self.task.apply(args=(tracking_id,)).state)

    def events(self) -> list[str]:
        """What was counted."""
        labels = ("price", "prices.lossy")
        return [event.value for event in TaskEvent if self.counts.counted(EVENTS, *labels, event.value)]


@pytest.fixture(params=["psycopg", "asyncpg"])
def ground(request: pytest.FixtureRequest, postgres_url: str, app: Celery, model: Any) -> Iterator[Ground]:
    """The task, over either driver."""
    with lossy(postgres_url) as proxy, _sessions(proxy.url, request.param) as factory:
        task = tracked_task(
            app,
            model,
            session_factory=factory,
            name="prices.lossy",
            retry_on=(ValueError,),
            backoff=Backoff(base=7, jitter=False),
        )(nothing)
        before, counts = current(), InMemoryMetrics()
        use(counts)
        yield Ground(proxy, task, request.param == "asyncpg", counts)
        use(before)


@contextmanager
def _sessions(url: str, driver: str) -> Iterator[Any]:
    if driver == "psycopg":
        engine = create_engine(url)
        yield sessionmaker(engine, expire_on_commit=False)
        engine.dispose()
        return
    made = create_async_engine(url.replace("+psycopg", "+asyncpg"))
    yield async_sessionmaker(made, expire_on_commit=False)
    process_loop().run(made.dispose())


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """PostgreSQL alone: SQLite has no connection that breaks."""
    return postgres_url


def nothing(_: Any) -> None:
    """Write nothing."""


def effect(run: Any) -> None:
    """Write a row through the run's session."""
    run.session.add(run.model(etf_id="EFFECT"))


def fail(_: Any) -> None:
    """Raise what deserves another attempt."""
    message = "no route"
    raise ValueError(message)


def effects(service: Service) -> int:
    """How many rows bodies have written."""
    service.db.rollback()
    counted = select(func.count()).where(service.model.etf_id == "EFFECT")
    return service.db.execute(counted).scalar_one()


def test_a_claim(ground: Ground, tracking_id: int, service: Service, sent: list[float]) -> None:
    ground.proxy.lose_answer(UPDATE, "UPDATE 1")
    assert ground.deliver(tracking_id, effect) == "SUCCESS"
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts, ground.runs, effects(service)) == ("COMPLETED", 1, 1, 1)
    assert (ground.proxy.breaks, sent, ground.events()) == (1, [], ["started", "succeeded"])


def test_a_claim_that_another_thread_may_have_made(
    ground: Ground, tracking_id: int, service: Service, sent: list[float], model: Any
) -> None:
    ground.proxy.lose_answer(UPDATE, "UPDATE 1")
    with in_hand(model, tracking_id):
        assert ground.deliver(tracking_id, effect) == "IGNORED"
    assert (service.get_status(tracking_id).status, ground.runs) == ("PROCESSING", 0)
    assert 80 < sent[0] <= 90


@pytest.mark.parametrize("body", [nothing, effect])
def test_a_completion(
    ground: Ground, tracking_id: int, service: Service, sent: list[float], body: Callable[[Any], None]
) -> None:
    def work(run: Any) -> None:
        body(run)
        wrote = body is effect
        ground.proxy.lose_answer("COMMIT" if wrote else UPDATE, "COMMIT" if wrote else "UPDATE 1")

    assert ground.deliver(tracking_id, work) == "SUCCESS"
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts, row.error_message) == ("COMPLETED", 1, None)
    assert (ground.runs, effects(service)) == (1, 1 if body is effect else 0)
    assert (ground.proxy.breaks, sent, ground.events()) == (1, [], ["started", "succeeded"])


def test_a_completion_of_what_others_wait_for(
    ground: Ground, tracking_id: int, service: Service, model: Any
) -> None:
    waiting = service.enqueue(ground.task, after=[TaskRef(model, tracking_id)], etf_id="B", commit=True)
    assert ground.deliver(tracking_id, lambda _: ground.proxy.lose_answer("COMMIT", "COMMIT")) == "SUCCESS"
    freed = service.get_status(waiting)
    assert (ground.proxy.breaks, service.get_status(tracking_id).status) == (1, "COMPLETED")
    assert freed.task_metadata.get("waiting_for") is None
    assert freed.dispatch_at is not None


def test_a_completion_that_never_arrived(
    ground: Ground, tracking_id: int, service: Service, sent: list[float]
) -> None:
    def work(run: Any) -> None:
        effect(run)
        if run.attempt == 1:
            ground.proxy.lose_statement("COMMIT")

    assert ground.deliver(tracking_id, work) == "RETRY"
    assert (service.get_status(tracking_id).status, effects(service), sent) == ("PENDING", 0, [7])
    service.get_status(tracking_id).scheduled_at = None
    service.db.commit()
    assert ground.deliver(tracking_id, work) == "SUCCESS"
    assert (service.get_status(tracking_id).attempts, effects(service)) == (2, 1)


@pytest.mark.parametrize("ground", ["psycopg"], indirect=True)
def test_a_statement_of_the_body(
    ground: Ground, tracking_id: int, service: Service, sent: list[float]
) -> None:
    def work(run: Any) -> None:
        effect(run)
        ground.proxy.lose_statement("INSERT")
        run.session.flush()

    assert ground.deliver(tracking_id, work) == "RETRY"
    assert (service.get_status(tracking_id).status, effects(service), sent) == ("PENDING", 0, [7])
    assert (ground.proxy.breaks, ground.events()) == (1, ["started", "retried"])


def test_a_completion_of_nothing_else_that_never_arrived_runs_no_body_again(
    ground: Ground, tracking_id: int, service: Service
) -> None:
    assert ground.deliver(tracking_id, lambda _: ground.proxy.lose_statement(UPDATE)) == "SUCCESS"
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts, ground.runs, ground.proxy.breaks) == ("COMPLETED", 1, 1, 1)


def test_a_failure_that_is_tried_again(
    ground: Ground, tracking_id: int, service: Service, sent: list[float]
) -> None:
    def work(run: Any) -> None:
        ground.proxy.lose_answer(UPDATE, "UPDATE 1")
        fail(run)

    assert ground.deliver(tracking_id, work) == "RETRY"
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts, len(row.task_metadata["trail"])) == ("PENDING", 1, 1)
    assert (ground.proxy.breaks, sent, ground.events()) == (1, [7], ["started", "retried"])


def test_a_failure_for_good(ground: Ground, tracking_id: int, service: Service, sent: list[float]) -> None:
    def work(run: Any) -> None:
        ground.proxy.lose_answer(UPDATE, "UPDATE 1")
        raise KeyError(run.tracking.etf_id)

    assert ground.deliver(tracking_id, work) == "FAILURE"
    row = service.get_status(tracking_id)
    assert (row.status, len(row.task_metadata["trail"])) == ("FAILED", 1)
    assert (ground.proxy.breaks, sent, ground.events()) == (1, [], ["started", "failed"])


def test_a_cancellation(ground: Ground, tracking_id: int, service: Service) -> None:
    def work(run: Any) -> None:
        service.cancel(tracking_id, "enough", commit=True)
        ground.proxy.lose_answer(UPDATE, "UPDATE 1")
        run.cancel_requested = True
        run.raise_if_over()

    assert ground.deliver(tracking_id, work) == "IGNORED"
    assert (service.get_status(tracking_id).status, ground.proxy.breaks) == ("CANCELLED", 1)
    assert ground.events() == ["started", "cancelled"]


@pytest.mark.parametrize(
    "entry", [{"attempt": 1, "outcome": "LOST"}, {"attempt": 0, "outcome": "FAILED"}], ids=str
)
def test_a_row_that_the_sweep_took_back_meanwhile_is_not_this_attempts(
    ground: Ground, tracking_id: int, service: Service, sent: list[float], entry: dict[str, Any]
) -> None:
    def work(run: Any) -> None:
        trail = [entry]
        row = service.get_status(tracking_id)
        row.status, row.task_metadata = "PENDING", {**row.task_metadata, "trail": trail}
        service.db.commit()
        ground.proxy.lose_statement(UPDATE)
        fail(run)

    assert ground.deliver(tracking_id, work) == "IGNORED"
    assert (ground.proxy.breaks, sent, ground.events()) == (1, [], ["started", "lost"])


def test_a_commit_that_the_database_refuses_is_the_bodys_error(
    ground: Ground, tracking_id: int, service: Service, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE shops (id int PRIMARY KEY)")
        late = "REFERENCES shops DEFERRABLE INITIALLY DEFERRED"
        connection.exec_driver_sql(f"CREATE TABLE visits (shop int {late})")

    def work(run: Any) -> None:
        session = getattr(run.session, "sync_session", run.session)
        event.listen(
            session, "before_flush", lambda *_: session.execute(text("INSERT INTO visits VALUES (7)"))
        )
        effect(run)

    assert ground.deliver(tracking_id, work) == "FAILURE"  # retry_on does not name it
    assert "IntegrityError" in service.get_status(tracking_id).error_message
    assert (ground.runs, effects(service), ground.events()) == (1, 0, ["started", "failed"])


@pytest.mark.parametrize("ground", ["asyncpg"], indirect=True)
def test_a_cancel_request_that_comes_while_completed_is_written_is_too_late(
    ground: Ground, tracking_id: int, service: Service
) -> None:
    cleaned: list[int] = []

    def work(run: Any) -> None:
        def interrupted(_: Any) -> None:
            run.cancel_requested = True
            raise asyncio.CancelledError

        effect(run)
        event.listen(run.session.sync_session, "after_commit", interrupted)

    async def clean_up(run: Any) -> None:
        cleaned.append(run.tracking.id)

    with replaced(ground.task, on_cancel=clean_up):
        assert ground.deliver(tracking_id, work) == "SUCCESS"
    assert (service.get_status(tracking_id).status, effects(service), cleaned) == ("COMPLETED", 1, [])
    assert ground.events() == ["started", "succeeded"]
