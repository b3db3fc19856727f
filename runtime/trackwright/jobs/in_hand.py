"""The rows whose messages this process has in hand.

A claim names the process that made it. Where two threads of it have a message of the same row each, neither can tell
by that whose the claim is.
"""

import contextlib
import os
import threading
from collections import Counter
from collections.abc import Generator

from trackwright.model import TaskTrackingMixin

Model = type[TaskTrackingMixin]


class _Messages:
    def __init__(self) -> None:
        self.empty()

    def empty(self) -> None:
        """A forked child has no other threads, whatever its parent had in hand."""
        self._lock = threading.Lock()
        self._number: Counter[tuple[Model, int]] = Counter()

    def add(self, model: Model, tracking_id: int, number: int) -> None:
        with self._lock:
            self._number[model, tracking_id] += number
            if not self._number[model, tracking_id]:
                del self._number[model, tracking_id]

    def of(self, model: Model, tracking_id: int) -> int:
        with self._lock:
            return self._number[model, tracking_id]


_messages = _Messages()
os.register_at_fork(after_in_child=_messages.empty)


@contextlib.contextmanager
def in_hand(model: Model, tracking_id: int) -> Generator[None]:
    """Have a message of the row in hand."""
    _messages.add(model, tracking_id, 1)
    try:
        yield
    finally:
        _messages.add(model, tracking_id, -1)


def only_one_in_hand(model: Model, tracking_id: int) -> bool:
    """Whether the caller's message of the row is the only one that this process has in hand."""
    return _messages.of(model, tracking_id) == 1
