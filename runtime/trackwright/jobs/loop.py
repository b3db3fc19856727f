"""One event loop per worker process, kept in a thread: async bodies and async drivers run on it.

A loop per task would need a connection per task: pools cannot be shared between loops.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from typing import Any, Generic, TypeVar

ResultT = TypeVar("ResultT")
LEAVING = 2.0
"""Seconds that a coroutine has for its clean-up when its process is told to exit."""


class _Job(Generic[ResultT]):
    """One coroutine on its way through the loop; another thread waits for its end."""

    def __init__(self, coroutine: Coroutine[Any, Any, ResultT]) -> None:
        self.ended = threading.Event()
        self._coroutine = coroutine
        self._task: asyncio.Task[ResultT] | None = None
        self._left: BaseException | None = None

    def start(self) -> None:
        """Begin; runs on the loop. Its callback is called also for a task that never got to its first step."""
        self._task = asyncio.get_running_loop().create_task(self._guarded())
        self._task.add_done_callback(self._end)

    def cancel(self) -> None:
        """Ask it to stop; runs on the loop, after start."""
        if self._task is not None:
            self._task.cancel()

    def _end(self, _: asyncio.Task[ResultT]) -> None:
        # Cancelled before its first step, the coroutine would complain that nobody awaited it.
        self._coroutine.close()
        self.ended.set()

    async def _guarded(self) -> Any:
        try:
            return await self._coroutine
        except (SystemExit, KeyboardInterrupt) as left:
            # Out of a task they would end the loop itself, and everybody who waits for it would wait for ever.
            self._left = left

    def result(self) -> ResultT:
        """What it returned or raised, once it has ended."""
        if self._left is not None:
            raise self._left
        if self._task is None or self._task.cancelled():
            # asyncio's own is no Exception: a body's stray cancellation is an error like others.
            raise CancelledError
        return self._task.result()


class EventLoopThread:
    """A loop that runs for ever in a daemon thread."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def is_current(self) -> bool:
        """Whether the caller runs on this loop."""
        return threading.current_thread() is self._thread

    def run(self, coroutine: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Run a coroutine on the loop and wait for it.

        An exception that a signal raises here meanwhile (a soft time limit) cancels the coroutine, waits until
        it has ended, and goes on. One that ends the process does not wait for what cannot be cancelled: a plain
        body blocks the loop.
        """
        job = _Job(coroutine)
        self.loop.call_soon_threadsafe(job.start)
        try:
            job.ended.wait()
        except (SystemExit, KeyboardInterrupt):
            self.loop.call_soon_threadsafe(job.cancel)
            job.ended.wait(LEAVING)
            raise
        except BaseException:
            self.loop.call_soon_threadsafe(job.cancel)
            job.ended.wait()
            raise
        return job.result()


class _ProcessLoop:
    """The loop of this process, made when first asked for and again in a forked child."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: EventLoopThread | None = None

    def get(self) -> EventLoopThread:
        with self._lock:
            if self._thread is None:
                self._thread = EventLoopThread("trackwright-loop")
            return self._thread

    def forget(self) -> None:
        self._lock = threading.Lock()
        self._thread = None


_process_loop = _ProcessLoop()
os.register_at_fork(after_in_child=_process_loop.forget)


def process_loop() -> EventLoopThread:
    """The loop that all async work of this process shares."""
    return _process_loop.get()
