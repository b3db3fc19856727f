"""Waiting for a row's end while real workers run (principles 6, Integration Tests)."""

import asyncio
import time
from typing import Any

from trackwright.model import TaskTrackingMixin
from trackwright.status import ENDS
from trackwright.testing.rows import Key, Place, Tracked, circumstances

_EVERY = 0.05


class WaitForTask:
    """`row = wait_for_task(tracking_id)`: blocks until the row has ended."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __call__(
        self, tracked: Tracked, *, model: type[TaskTrackingMixin] | None = None, timeout: float = 10.0
    ) -> Any:
        """Wait until a row is COMPLETED, FAILED or CANCELLED, and give it, detached.

        Args:
            tracked: the row; or its id, with `model` where there are several domains.
            model: the model of an id.
            timeout: seconds to wait at most.

        Raises:
            TimeoutError: it has not ended; the message says how it stands.
        """
        key = self._place.key(tracked, model)
        deadline = time.monotonic() + timeout
        while True:
            row = self._place.read(key)
            if _is_over(row, key, deadline, timeout):
                return row
            time.sleep(_EVERY)


class AsyncWaitForTask:
    """The same, to be awaited: `row = await wait_for_task(tracking_id)`."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def __call__(
        self,
        tracked: Tracked,
        *,
        model: type[TaskTrackingMixin] | None = None,
        timeout: float = 10.0,  # noqa: ASYNC109 -- the message of asyncio.timeout would not say how the row stands
    ) -> Any:
        """Wait until a row has ended; see WaitForTask."""
        key = self._place.key(tracked, model)
        deadline = time.monotonic() + timeout
        while True:
            row = await asyncio.to_thread(self._place.read, key)
            if _is_over(row, key, deadline, timeout):
                return row
            await asyncio.sleep(_EVERY)


def _is_over(row: TaskTrackingMixin, key: Key, deadline: float, timeout: float) -> bool:
    if row.status in ENDS:
        return True
    if time.monotonic() < deadline:
        return False
    message = (
        f"{key} is still {row.status} after {timeout:g} s ({circumstances(row)}). Is a worker running that listens "
        "to the task's queue, on the same database and broker as this test?"
    )
    raise TimeoutError(message)
