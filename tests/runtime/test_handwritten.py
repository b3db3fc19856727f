"""Hand-written tracking, in this process on both databases: what each way of failing does to row and message."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Ignore, Reject, Retry
from sqlalchemy.orm import Session, sessionmaker

from trackwright import Backoff, InvalidTransition, SessionSettingsError, SyncTaskTrackingService
from trackwright.jobs import handwritten
from trackwright.jobs.handwritten import aio
from trackwright.jobs.loop import process_loop
from trackwright.registry import UnknownDomain

Service = SyncTaskTrackingService[Any]
Body = Callable[[Any, int], Any]
WAIT = Backoff(base=40, jitter=False)


@pytest.fixture
def domain(model: Any, sessions: sessionmaker[Session]) -> str:
    """The example's domain, registered as a project with hand-written tasks does."""
    return handwritten.register_domain(model, sessions)


@pytest.fixture
def tracking_id(service: Service) -> int:
    """A committed PENDING row."""
    return service.create_tracking(etf_id="IE00", commit=True)


class Broker:
    """A Celery app whose messages are kept, and how one delivered message of a body ends."""

    def __init__(self, status: Callable[[], str]) -> None:
        self.status = status
        self.app = Celery("tests", broker="memory://", set_as_current=False)
        self.countdowns: list[float] = []
        self.statuses: list[str] = []

    def task(self, body: Body) -> Any:
        """A bound task of a body."""
        task: Any = self.app.task(bind=True, name="prices.by_hand", shared=False)(body)
        task.signature_from_request = self._keep
        return task

    def _keep(self, *_: Any, **options: Any) -> Any:
        self.countdowns.append(options["countdown"])
        return _Published(self)


class _Published:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def apply_async(self) -> None:
        self._broker.statuses.append(self._broker.status())


@pytest.fixture
def broker(sessions: sessionmaker[Session], model: Any, tracking_id: int) -> Broker:
    """Messages, each with the status that its row had when it left."""

    def status() -> str:
        with sessions() as session:
            return str(session.get_one(model, tracking_id).status)

    return Broker(status)


def deliver(task: Any, tracking_id: int) -> Any:
    """Run a task as a worker does for a message, and give what ended it."""
    task.push_request(
        id="m1", args=(tracking_id,), kwargs={}, called_directly=False, is_eager=False, retries=0
    )
    try:
        return task.run(tracking_id)
    except Exception as ending:  # noqa: BLE001 -- the ending is what the test looks at
        return ending
    finally:
        task.pop_request()


def fail_with(error: Exception) -> None:
    """What the body's work does."""
    raise error


def failing(domain: Any, error: Exception, **options: Any) -> Body:
    """A body as the principles write it, whose work raises an error."""

    def body(self: Any, tracking_id: int) -> None:
        try:
            handwritten.update_task_status(tracking_id, "PROCESSING", domain=domain)
            fail_with(error)
        except Exception as caught:  # noqa: BLE001 -- as the principles write it
            handwritten.handle_task_error(self, tracking_id, caught, domain=domain, **options)

    return body


def failing_async(domain: Any, error: Exception, **options: Any) -> Body:
    """The same as an async body."""

    @handwritten.awaited
    async def body(self: Any, tracking_id: int) -> None:
        try:
            await aio.update_task_status(tracking_id, "PROCESSING", domain=domain)
            fail_with(error)
        except Exception as caught:  # noqa: BLE001 -- as the principles write it
            await aio.handle_task_error(self, tracking_id, caught, domain=domain, **options)

    return body


BOTH = pytest.mark.parametrize("make", [failing, failing_async], ids=["sync", "async"])


@BOTH
def test_the_row_is_pending_before_the_retry_is_published(
    make: Any, domain: str, broker: Broker, tracking_id: int, service: Service
) -> None:
    ending = deliver(broker.task(make(domain, ConnectionError("no route"), backoff=WAIT)), tracking_id)
    assert isinstance(ending, Retry)
    assert (broker.statuses, broker.countdowns) == (["PENDING"], [40])
    row = service.get_status(tracking_id)
    assert (row.attempts, row.error_message, row.started_at) == (1, "ConnectionError: no route", None)
    # The statement reads the clock twice: microseconds lie between.
    assert abs((row.scheduled_at - row.updated_at).total_seconds() - 40) < 0.1
    assert row.dispatch_at is None  # nobody but this message knows its task


@BOTH
def test_the_error_itself_is_raised_when_attempts_are_used_up(
    make: Any, domain: str, broker: Broker, tracking_id: int, service: Service
) -> None:
    task = broker.task(make(domain, ConnectionError("no route")))
    endings = [type(deliver(task, tracking_id)) for _ in range(4)]
    assert endings == [Retry, Retry, ConnectionError, Ignore]
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts) == ("FAILED", 3)
    assert [entry["error"] for entry in row.task_metadata["trail"]] == ["ConnectionError: no route"] * 3


@BOTH
def test_give_up_on_fails_at_once(
    make: Any, domain: str, broker: Broker, tracking_id: int, service: Service
) -> None:
    task = broker.task(make(domain, ValueError("not a fund"), give_up_on=(ValueError,)))
    assert str(deliver(task, tracking_id)) == "not a fund"
    assert service.get_status(tracking_id).status == "FAILED"
    assert broker.countdowns == []


@BOTH
def test_a_message_delivered_twice_leaves_the_running_row_alone(
    make: Any, domain: str, broker: Broker, tracking_id: int, service: Service
) -> None:
    handwritten.update_task_status(tracking_id, "PROCESSING", domain=domain)
    assert isinstance(deliver(broker.task(make(domain, KeyError("unused"))), tracking_id), Ignore)
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts, row.error_message) == ("PROCESSING", 1, None)


def soon() -> Any:
    """Seven seconds; Celery's stubs ask for numbers.Real, which int is not to type checkers."""
    return 7


@pytest.mark.parametrize(
    ("error", "ends_as", "status"),
    [
        (Retry("sent by the body", when=soon()), Retry, "PENDING"),
        (Reject("requeued", requeue=True), Reject, "PENDING"),
        (Reject("refused"), Reject, "FAILED"),
        (Ignore("not wanted"), Ignore, "CANCELLED"),
    ],
    ids=["Retry", "Reject with requeue", "Reject", "Ignore"],
)
def test_celerys_own_endings_are_kept(
    error: Exception,
    ends_as: type,
    status: str,
    domain: str,
    broker: Broker,
    tracking_id: int,
    service: Service,
) -> None:
    assert type(deliver(broker.task(failing(domain, error)), tracking_id)) is ends_as
    assert service.get_status(tracking_id).status == status
    assert broker.countdowns == []  # its message is on its way already, or must not be


def test_a_retry_asked_for_by_an_async_body_is_published_after_pending(
    domain: str, broker: Broker, tracking_id: int
) -> None:
    @handwritten.awaited
    async def body(self: Any, tracking_id: int) -> None:
        await aio.update_task_status(tracking_id, "PROCESSING", domain=domain)
        try:
            assert self.request.id == "m1"
            # trackwright: exempt[TW405] reason="the wait is what is tested" approved-by="maintainers"
            self.retry(countdown=9)
        except Exception as caught:  # noqa: BLE001 -- as the principles write it
            await aio.handle_task_error(self, tracking_id, caught, domain=domain)

    assert isinstance(deliver(broker.task(body), tracking_id), Retry)
    assert (broker.statuses, broker.countdowns) == (["PENDING"], [9])


@pytest.mark.parametrize(
    ("error", "ends_as"),
    [(Retry("again", exc=OSError("gone")), OSError), (Reject("again", requeue=True), Reject)],
    ids=["Retry", "Reject with requeue"],
)
def test_after_the_last_attempt_no_message_is_brought_back(
    error: Exception, ends_as: type, domain: str, broker: Broker, service: Service
) -> None:
    last = service.create_tracking(etf_id="IE00", max_attempts=1, commit=True)
    ending = deliver(broker.task(failing(domain, error)), last)
    assert type(ending) is ends_as
    assert not getattr(ending, "requeue", False)
    assert service.get_status(last).status == "FAILED"


def test_the_body_shares_its_services_transaction(
    model: Any, broker: Broker, tracking_id: int, service: Service, sessions: sessionmaker[Session]
) -> None:
    def body(self: Any, tracking_id: int) -> None:
        with sessions() as session:
            own = SyncTaskTrackingService(session, model)
            try:
                handwritten.update_task_status(tracking_id, "PROCESSING", domain=own)
                session.add(model(etf_id="EFFECT"))
                session.flush()
                if own.get_status(tracking_id).attempts == 1:
                    fail_with(ConnectionError())
                handwritten.update_task_status(tracking_id, "COMPLETED", domain=own)
            except ConnectionError as caught:
                handwritten.handle_task_error(self, tracking_id, caught, domain=own)

    task = broker.task(body)
    effects = []
    for _ in range(2):
        deliver(task, tracking_id)
        with sessions() as session:
            effects.append(session.query(model).filter_by(etf_id="EFFECT").count())
    assert effects == [0, 1]
    assert service.get_status(tracking_id).status == "COMPLETED"


def test_a_cancel_request_wins_over_the_retry(
    domain: str, broker: Broker, tracking_id: int, service: Service
) -> None:
    def body(self: Any, tracking_id: int) -> None:
        handwritten.update_task_status(tracking_id, "PROCESSING", domain=domain)
        service.cancel(tracking_id, "not needed", commit=True)
        handwritten.retry_with_backoff(self, tracking_id, TimeoutError(), domain=domain)

    # trackwright: exempt[TW101] reason="its end is the utility's, which is tested" approved-by="maintainers"
    assert isinstance(deliver(broker.task(body), tracking_id), Ignore)
    assert service.get_status(tracking_id).status == "CANCELLED"


def test_an_attempt_that_lost_its_row_changes_nothing(
    domain: str, broker: Broker, tracking_id: int, service: Service
) -> None:
    def body(self: Any, tracking_id: int) -> None:
        handwritten.update_task_status(tracking_id, "PROCESSING", domain=domain)
        handwritten.retry_with_backoff(self, tracking_id, TimeoutError(), domain=domain, attempt=7)

    # trackwright: exempt[TW101] reason="its end is the utility's, which is tested" approved-by="maintainers"
    assert isinstance(deliver(broker.task(body), tracking_id), Ignore)
    assert service.get_status(tracking_id).status == "PROCESSING"


def test_a_row_that_names_its_task_is_left_to_the_sweep_for_a_long_wait(
    domain: str, broker: Broker, service: Service
) -> None:
    row = {"dispatch": {"task": "prices.by_hand"}}
    tracking_id = service.create_tracking(etf_id="IE00", task_metadata=row, commit=True)
    slow = Backoff(base=3600, cap=7200, jitter=False)
    ending = deliver(broker.task(failing(domain, OSError("closed"), backoff=slow)), tracking_id)
    assert (type(ending), broker.countdowns) == (Retry, [])
    kept = service.get_status(tracking_id)
    assert abs((kept.dispatch_at - kept.scheduled_at).total_seconds()) < 5


def test_log_records_say_which_row(
    domain: str, broker: Broker, tracking_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "trackwright.handwritten"):
        deliver(broker.task(failing(domain, OSError("closed"))), tracking_id)
    (record,) = caplog.records
    told = {name: vars(record)[name] for name in ("domain", "tracking_id", "celery_task_id", "attempt")}
    assert told == {"domain": "price", "tracking_id": tracking_id, "celery_task_id": None, "attempt": 1}
    assert record.exc_info is not None


def test_a_refused_move_says_what_is_allowed(domain: str, tracking_id: int) -> None:
    with pytest.raises(InvalidTransition, match="is PENDING: cannot complete"):
        handwritten.update_task_status(tracking_id, "COMPLETED", domain=domain)


def test_an_unknown_domain_is_named_with_those_known(domain: str, tracking_id: int) -> None:
    with pytest.raises(UnknownDomain, match=r"no tracked domain 'prize'; known: .*price"):
        handwritten.update_task_status(tracking_id, "PROCESSING", domain="prize")


def test_async_functions_serve_a_sync_project_without_blocking_the_loop(
    domain: str, tracking_id: int, service: Service
) -> None:
    asyncio.run(aio.update_task_status(tracking_id, "PROCESSING", domain=domain))
    assert service.get_status(tracking_id).status == "PROCESSING"


def test_an_async_body_without_bind_gives_its_result() -> None:
    @handwritten.awaited
    async def body(number: int) -> int:
        await asyncio.sleep(0)
        return number + 1

    assert body(1) == 2


class TestOverAsyncSessions:
    """A project whose sessions are async, from plain code and from the loop."""

    @pytest.fixture
    def domain(self, model: Any, database_url: str) -> Any:
        """The domain over an async engine."""
        from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

        made = create_async_engine(database_url.replace("sqlite:", "sqlite+aiosqlite:"))
        factory: async_sessionmaker[AsyncSession] = async_sessionmaker(made, expire_on_commit=False)
        yield handwritten.register_domain(model, factory)
        process_loop().run(made.dispose())

    @BOTH
    def test_both_kinds_of_body_work(self, make: Any, domain: str, broker: Broker, tracking_id: int) -> None:
        ending = deliver(broker.task(make(domain, OSError("closed"), backoff=WAIT)), tracking_id)
        assert isinstance(ending, Retry)
        assert (broker.statuses, broker.countdowns) == (["PENDING"], [40])

    def test_a_plain_call_on_the_loop_is_refused_instead_of_hanging(
        self, domain: str, tracking_id: int
    ) -> None:
        @handwritten.awaited
        async def body() -> None:
            handwritten.update_task_status(tracking_id, "PROCESSING", domain=domain)

        with pytest.raises(SessionSettingsError, match="inside async code await"):
            body()
