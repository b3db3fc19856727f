"""The outbox: messages leave after the outermost commit or not at all; a broker that is away loses nothing."""

import asyncio
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from sqlalchemy import create_engine, event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from trackwright import BaseTaskTrackingService, SyncTaskTrackingService
from trackwright.dispatch import Message, send
from trackwright.testing import captured_dispatch

Service = SyncTaskTrackingService[Any]


class Sender:
    """A task that notes what it is asked to send, and can be a broker that is down."""

    name = "prices.update"

    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.sent: list[tuple[int, str]] = []
        self.asked = 0
        self.threads: set[str] = set()
        self.done = threading.Event()

    def apply_async(self, args: tuple[int], task_id: str, **_: Any) -> None:
        """Publish."""
        self.asked += 1
        self.threads.add(threading.current_thread().name)
        self.done.set()
        if self.down:
            message = "connection refused"
            raise ConnectionError(message)
        self.sent.append((args[0], task_id))


def test_nothing_is_sent_before_the_commit(service: Service, session: Session) -> None:
    sender = Sender()
    tracking_id = service.enqueue(sender, etf_id="A")
    assert sender.sent == []
    session.commit()
    assert sender.sent == [(tracking_id, service.get_status(tracking_id).celery_task_id)]
    session.commit()
    assert len(sender.sent) == 1


def test_a_rolled_back_row_sends_nothing(service: Service, session: Session) -> None:
    sender = Sender()
    service.enqueue(sender, etf_id="A")
    session.rollback()
    session.commit()
    assert sender.asked == 0


def test_a_released_savepoint_waits_for_the_outer_commit(service: Service, session: Session) -> None:
    sender = Sender()
    with session.begin_nested(), session.begin_nested():
        tracking_id = service.enqueue(sender, etf_id="A")
    assert sender.asked == 0
    session.commit()
    assert [one for one, _ in sender.sent] == [tracking_id]


def test_an_inner_rollback_drops_only_what_was_inside(service: Service, session: Session) -> None:
    sender = Sender()
    kept = service.enqueue(sender, etf_id="A")
    inner = session.begin_nested()
    with session.begin_nested():
        service.enqueue(sender, etf_id="B")
    inner.rollback()
    also_kept = service.enqueue(sender, etf_id="C")
    session.commit()
    assert [one for one, _ in sender.sent] == [kept, also_kept]


def test_a_broker_that_is_down_never_raises_out_of_commit(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender(down=True)
    ids = service.enqueue_many(sender, [{"etf_id": str(n)} for n in range(50)], commit=True)
    rows = [service.get_status(one) for one in ids]
    assert {row.status for row in rows} == {"PENDING"}
    assert all(row.dispatch_at is not None for row in rows)
    assert sender.asked == 2  # two refusals, and the rest is left to the sweep
    assert "the sweep will send it" in caplog.text


def test_a_row_for_later_is_left_to_the_sweep(service: Service, session: Session) -> None:
    sender = Sender()
    moment = datetime.now(UTC) + timedelta(hours=1)
    row = service.get_status(service.enqueue(sender, etf_id="B", scheduled_at=moment, commit=True))
    assert row.dispatch_at == row.scheduled_at
    assert sender.asked == 0


def test_a_row_that_is_due_soon_is_sent_to_wait_at_the_worker(service: Service) -> None:
    sender = Sender()
    moment = datetime.now(UTC) + timedelta(seconds=20)
    with captured_dispatch() as messages:
        tracking_id = service.enqueue(sender, etf_id="B", scheduled_at=moment, commit=True)
    assert [(one.tracking_id, one.options) for one in messages] == [(tracking_id, {"eta": moment})]
    row = service.get_status(tracking_id)
    assert row.dispatch_at == moment + timedelta(seconds=300)  # should the message be lost


def test_a_test_may_keep_messages_in_memory(service: Service) -> None:
    sender = Sender()
    with captured_dispatch() as messages:
        tracking_id = service.enqueue(sender, etf_id="A", commit=True)
    assert messages == [Message(sender, tracking_id, service.get_status(tracking_id).celery_task_id)]
    assert sender.asked == 0


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_an_event_loop_is_not_blocked_by_a_send(
    kind: str, request: pytest.FixtureRequest, model: Any
) -> None:
    url: str = request.getfixturevalue("postgres_url" if kind == "postgresql" else "sqlite_url")
    sync_engine = create_engine(url)
    model.metadata.create_all(sync_engine)
    sync_engine.dispose()
    sender = Sender()
    asyncio.run(_enqueue_async(url.replace("sqlite:", "sqlite+aiosqlite:"), sender, model))
    assert sender.done.wait(10)
    assert len(sender.threads) == 1
    assert sender.threads.pop().startswith("trackwright-dispatch")


async def _enqueue_async(url: str, sender: Sender, model: Any) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(engine, expire_on_commit=False)
    async with sessions() as session:
        service: BaseTaskTrackingService[Any] = BaseTaskTrackingService(session, model)
        tracking_id = await service.enqueue(sender, etf_id="A", commit=True)
        await service.update_status(tracking_id, "PROCESSING", commit=True)
        row = await service.get_status(tracking_id)
        assert (row.status, row.attempts) == ("PROCESSING", 1)
        assert await service.cancel(tracking_id, "enough") == "PROCESSING"
    await engine.dispose()


def test_enqueue_costs_one_insert_and_no_select(service: Service, session: Session) -> None:
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: statements.append(a[2]))
    with captured_dispatch():
        service.enqueue(Sender(), etf_id="A", commit=True)
    assert [text.split()[0] for text in statements if not text.startswith("BEGIN")] == ["INSERT"]


def test_closing_a_session_drops_what_it_never_committed(service: Service, session: Session) -> None:
    sender = Sender()
    service.enqueue(sender, etf_id="A")
    session.close()
    service.create_tracking(etf_id="B", commit=True)
    assert sender.asked == 0


def test_a_savepoint_that_is_closed_by_its_session_sends_nothing_later(
    service: Service, session: Session
) -> None:
    sender = Sender()
    session.begin_nested()
    service.enqueue(sender, etf_id="A")
    session.close()
    service.enqueue(sender, etf_id="B", commit=True)
    assert sender.asked == 1


def test_bulk_rows_that_differ_in_columns_take_a_statement_for_each_kind(
    service: Service, session: Session
) -> None:
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: statements.append(a[2]))
    moment = datetime(2100, 1, 1, tzinfo=UTC)
    kinds: list[dict[str, Any]] = [{}, {"scheduled_at": moment}, {"day": date(2026, 1, 1)}]
    rows = [{"etf_id": f"E{n}", **kinds[n % 3]} for n in range(30)]
    with captured_dispatch() as messages:
        ids = service.enqueue_many(Sender(), rows, commit=True)
    # SQLite gives the ids of many rows in no order: there SQLAlchemy inserts them one by one.
    expected = len(kinds) if session.get_bind().dialect.name == "postgresql" else len(rows)
    assert len([text for text in statements if text.startswith("INSERT")]) == expected
    found = [service.get_status(one) for one in ids]
    assert [row.etf_id for row in found] == [f"E{n}" for n in range(30)]
    assert [row.day for row in found] == [row.get("day") for row in rows]
    assert {row.dispatch_at for row in found[1::3]} == {moment}
    assert [one.tracking_id for one in messages] == [one for n, one in enumerate(ids) if n % 3 != 1]


class AppSender(Sender):
    """A task of a real app, which refuses some of its messages."""

    def __init__(self, app: Celery, *refused: int) -> None:
        super().__init__()
        self.app = app
        self.refused = refused
        self.producers: set[Any] = set()

    def apply_async(self, args: tuple[int], task_id: str, **options: Any) -> None:
        """Publish, where the app's only producer is free or is the one given."""
        with self.app.producer_pool.acquire() if "producer" not in options else options["producer"] as one:
            self.producers.add(one)
            if args[0] in self.refused:
                raise ConnectionError
            super().apply_async(args, task_id, **options)


def messages_of(task: Sender, number: int) -> list[Message]:
    return [Message(task, tracking_id, f"id-{tracking_id}") for tracking_id in range(1, number + 1)]


def test_a_batch_shares_one_producer(app: Celery) -> None:
    app.conf.broker_pool_limit = 1
    sender = AppSender(app)
    assert send(messages_of(sender, 20)) == 20
    assert len(sender.producers) == 1


def test_a_refused_message_costs_no_other(app: Celery) -> None:
    sender = AppSender(app, 3, 7)
    assert send(messages_of(sender, 10)) == 8
    assert [one for one, _ in sender.sent] == [1, 2, 4, 5, 6, 8, 9, 10]


def test_an_eager_body_that_sends_finds_a_producer_free(app: Celery) -> None:
    app.conf.update(broker_pool_limit=1, task_always_eager=True)
    sender = AppSender(app)
    assert send(messages_of(sender, 3)) == 3
