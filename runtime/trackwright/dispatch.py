"""The outbox (principles 7, Task Creation): messages leave after the outermost commit, or not at all.

What is noted inside a savepoint that is rolled back is dropped; releasing a savepoint sends nothing. A message
that cannot be sent is logged and never raised out of commit: the row's dispatch_at lets the sweep send it.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

logger = logging.getLogger("trackwright.dispatch")

RESEND_AFTER = 300.0
"""Seconds after which the sweep sends a row whose message may have been lost."""
_PUBLISH = {"max_retries": 1, "interval_start": 0.1, "interval_step": 0.1, "interval_max": 0.2}
_FAILURES_BEFORE_GIVING_UP = 2
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


def _publish_to_broker(message: Message) -> None:
    message.task.apply_async(
        args=(message.tracking_id,),
        task_id=message.celery_task_id,
        retry=True,
        retry_policy=_PUBLISH,
        **message.options,
    )


class _Publisher:
    """Where messages go: the broker, unless a test puts something else here; one thread for event loops."""

    def __init__(self) -> None:
        self.publish: Publish = _publish_to_broker
        self.thread: ThreadPoolExecutor | None = None

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


def send(messages: Sequence[Message]) -> int:
    """Publish messages now; how many went out. A broker that refuses two in a row is left to the sweep."""
    sent = failures = 0
    for message in messages:
        try:
            publisher.publish(message)
        except Exception:
            failures += 1
            logger.exception(
                "message of %s %s was not sent; the sweep will send it",
                message.task.name,
                message.tracking_id,
                extra={"tracking_id": message.tracking_id, "celery_task_id": message.celery_task_id},
            )
            if failures == _FAILURES_BEFORE_GIVING_UP:
                break
        else:
            sent += 1
            failures = 0
    return sent


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
