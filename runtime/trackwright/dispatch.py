"""The outbox (principles 7, Task Creation): messages leave after the outermost commit, or not at all.

What is noted inside a savepoint that is rolled back is dropped; releasing a savepoint sends nothing. A message
that cannot be sent is logged and never raised out of commit: the row's dispatch_at lets the sweep send it.
"""

import asyncio
import contextlib
import functools
import logging
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

logger = logging.getLogger("trackwright.dispatch")

RESEND_AFTER = 300.0
"""Seconds after which the sweep sends a row whose message may have been lost."""
LONGEST_COUNTDOWN = 300.0
"""Seconds; later messages are sent by the sweep, because brokers redeliver what waits too long unacknowledged."""
_PUBLISH = {"max_retries": 1, "interval_start": 0.1, "interval_step": 0.1, "interval_max": 0.2}
_FAILURES_BEFORE_GIVING_UP = 2
_AT_ONCE = 100
_OUTBOX = "trackwright.outbox"


class Sendable(Protocol):
    """What can be sent: a Celery task has this."""

    @property
    def name(self) -> str:
        """The name under which a worker knows it."""
        ...

    @property
    def apply_async(self) -> Callable[..., Any]:
        """Publish one message: args, task_id and Celery's options."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One tracking row's message to a worker."""

    task: Sendable
    tracking_id: int
    celery_task_id: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class _Entry:
    message: Message
    transaction: SessionTransaction


Publish = Callable[[Message], None]


@contextlib.contextmanager
def _broker_of(task: Sendable) -> Generator[Publish]:
    """Publish over one producer: taking one from the pool for each message costs a tenth of its time."""
    app = _app_of(task)
    if app is None or app.conf.task_always_eager:
        # Eager, a message is the run of its body, which may send in its turn while this producer is held.
        yield _publish_to_broker
        return
    with app.producer_or_acquire() as producer:
        yield functools.partial(_publish_to_broker, producer=producer)


def _publish_to_broker(message: Message, **options: Any) -> None:
    message.task.apply_async(
        args=(message.tracking_id,),
        task_id=message.celery_task_id,
        retry=True,
        retry_policy=_PUBLISH,
        # What Celery would find out by itself, for a tenth of the time that a message takes.
        argsrepr=f"({message.tracking_id},)",
        kwargsrepr="{}",
        **options,
        **message.options,
    )


def _ignore(_: Message) -> None:
    """Where nothing counts, the log says enough."""


class _Publisher:
    """Where messages go: the broker, unless a test puts something else here; one thread for event loops."""

    def __init__(self) -> None:
        self.publish: Publish | None = None
        self.note_failure: Callable[[Message], None] = _ignore
        self.thread: ThreadPoolExecutor | None = None

    def open(self, task: Sendable) -> AbstractContextManager[Publish]:
        """What publishes the messages of a task, and of others of its app."""
        return _broker_of(task) if self.publish is None else contextlib.nullcontext(self.publish)

    def forget_thread(self) -> None:
        """A forked child has no threads: a kept executor would never run anything."""
        self.thread = None

    def submit(self, messages: Sequence[Message]) -> None:
        if self.thread is None:
            self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="trackwright-dispatch")
        try:
            self.thread.submit(send, messages)
        except RuntimeError:  # the interpreter ends
            logger.exception("%s messages were not sent; the sweep will send them", len(messages))


publisher = _Publisher()
os.register_at_fork(after_in_child=publisher.forget_thread)


_tasks: dict[str, Callable[[], Sendable | None]] = {}


def introduce(name: str, find: Callable[[], Sendable | None]) -> None:
    """Make a task known by its name, so that rows can be sent which only name theirs."""
    _tasks[name] = find


def known_task(name: str) -> Sendable | None:
    """The task of this name, where this process has it."""
    find = _tasks.get(name)
    return None if find is None else find()


def task_named_in(metadata: Any) -> str | None:
    """The name of the task that a row's metadata says it is for; callers may have put anything there."""
    match metadata:
        case {"dispatch": {"task": str(name)}}:
            return name
        case _:
            return None


def send(messages: Sequence[Message]) -> int:
    """Publish messages now; how many went out. A broker that refuses two in a row is left to the sweep."""
    sent = position = failures = 0
    while position < len(messages) and failures < _FAILURES_BEFORE_GIVING_UP:
        message = messages[position]
        try:
            with publisher.open(message.task) as publish:
                for message in _alike(messages, position):
                    publish(message)
                    position += 1
                    sent += 1
                    failures = 0
        except Exception:
            position += 1
            failures += 1
            publisher.note_failure(message)
            logger.exception(
                "message of %s %s was not sent; the sweep will send it",
                message.task.name,
                message.tracking_id,
                extra={"tracking_id": message.tracking_id, "celery_task_id": message.celery_task_id},
            )
    return sent


def _alike(messages: Sequence[Message], start: int) -> Iterator[Message]:
    """The next messages that one producer can carry; not too many, because others may wait for it."""
    app = _app_of(messages[start].task)
    return takewhile(lambda one: _app_of(one.task) is app, messages[start : start + _AT_ONCE])


def _app_of(task: Sendable) -> Any:
    return getattr(task, "app", None)


def send_after_commit(session: Session, message: Message) -> None:
    """Note a message in the session's outbox; it is sent once the outermost transaction has committed."""
    transaction = session.get_nested_transaction() or session.get_transaction() or session.begin()
    session.info.setdefault(_OUTBOX, []).append(_Entry(message, transaction))


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    entries: list[_Entry] | None = session.info.get(_OUTBOX)
    if not entries:
        return
    savepoint = session.get_nested_transaction()
    if savepoint is not None:
        _hand_to_parent(entries, savepoint)
        return
    del session.info[_OUTBOX]
    messages = [entry.message for entry in entries]
    if _in_event_loop():
        publisher.submit(messages)
    else:
        send(messages)


def _hand_to_parent(entries: list[_Entry], savepoint: SessionTransaction) -> None:
    for entry in entries:
        if entry.transaction is savepoint and savepoint.parent is not None:
            entry.transaction = savepoint.parent


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, previous_transaction: SessionTransaction) -> None:
    entries: list[_Entry] | None = session.info.get(_OUTBOX)
    if entries:
        entries[:] = [entry for entry in entries if not _inside(entry.transaction, previous_transaction)]


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    # close() ends a transaction without a rollback event; what it held was never committed.
    if transaction.parent is None:
        session.info.pop(_OUTBOX, None)


def _inside(transaction: SessionTransaction | None, other: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is other:
            return True
        transaction = transaction.parent
    return False


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
