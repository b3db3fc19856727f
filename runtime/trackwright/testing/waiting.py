"""Waiting for a row's end while real workers run (principles 6, Integration Tests)."""

from typing import Any

from trackwright.errors import WaitTimeout
from trackwright.model import TaskTrackingMixin
from trackwright.service import BaseTaskTrackingService, SyncTaskTrackingService
from trackwright.testing.rows import Key, Place, Tracked, circumstances


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
            AssertionError: it has not ended; the message says how it stands.
        """
        __tracebackhide__ = True
        key = self._place.key(tracked, model)
        with self._place.sessions() as session:
            try:
                SyncTaskTrackingService(session, key.model).wait(key.tracking_id, timeout=timeout)
            except WaitTimeout:
                raise _too_long(self._place, key, timeout) from None
        return self._place.read(key)


class AsyncWaitForTask:
    """The same, to be awaited: `row = await wait_for_task(tracking_id)`."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def __call__(
        self,
        tracked: Tracked,
        *,
        model: type[TaskTrackingMixin] | None = None,
        timeout: float = 10.0,  # noqa: ASYNC109 -- asyncio.timeout would not say how the row stands
    ) -> Any:
        """Wait until a row has ended; see WaitForTask."""
        __tracebackhide__ = True
        key = self._place.key(tracked, model)
        async with self._place.sessions() as session:
            try:
                await BaseTaskTrackingService(session, key.model).wait(key.tracking_id, timeout=timeout)
            except WaitTimeout:
                raise _too_long(self._place, key, timeout) from None
        return self._place.read(key)


def _too_long(place: Place, key: Key, timeout: float) -> AssertionError:
    row = place.read(key)
    message = (
        f"{key} is still {row.status} after {timeout:g} s ({circumstances(row)}). Is a worker running that listens "
        "to the task's queue, on the same database and broker as this test?"
    )
    return AssertionError(message)
