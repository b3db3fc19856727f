"""Messages kept in memory, and tasks with another body or other sessions for a while."""

import contextlib
from collections.abc import Callable, Generator
from typing import Any

from trackwright.dispatch import Message, publisher
from trackwright.jobs import TrackedTask


@contextlib.contextmanager
def captured_dispatch() -> Generator[list[Message]]:
    """Keep messages in a list instead of sending them to the broker."""
    messages: list[Message] = []
    with published_by(messages.append):
        yield messages


@contextlib.contextmanager
def published_by(publish: Callable[[Message], None]) -> Generator[None]:
    """Hand messages to a function instead of the broker."""
    before = publisher.publish
    publisher.publish = publish
    try:
        yield
    finally:
        publisher.publish = before


@contextlib.contextmanager
def replaced(
    task: TrackedTask,
    *,
    body: Callable[[Any], Any] | None = None,
    session_factory: Callable[[], Any] | None = None,
    on_cancel: Callable[[Any], Any] | None = None,
) -> Generator[TrackedTask]:
    """Give a tracked task another body, session factory or clean-up for a while."""
    changes: dict[str, Any] = {}
    if body is not None:
        changes["run"] = body
    if session_factory is not None:
        changes["session_factory"] = session_factory
    if on_cancel is not None:
        changes["on_cancel"] = on_cancel
    kept = {name: vars(task)[name] for name in (*changes, "database") if name in vars(task)}
    vars(task).pop("database", None)
    vars(task).update(changes)
    try:
        yield task
    finally:
        for name in (*changes, "database"):
            vars(task).pop(name, None)
        vars(task).update(kept)
