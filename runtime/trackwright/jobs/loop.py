"""One event loop per worker process, kept in a thread: async bodies and async drivers run on it.

A loop per task would need a connection per task: pools cannot be shared between loops.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")


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
        it has ended, and goes on.
        """
        ended = threading.Event()

        async def watched() -> ResultT:
            try:
                return await coroutine
            finally:
                ended.set()

        future = asyncio.run_coroutine_threadsafe(watched(), self.loop)
        try:
            return future.result()
        except BaseException:
            if not ended.is_set():
                future.cancel()
                ended.wait()
            raise


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
