"""One thread per worker process that keeps the claims of long tasks alive and learns what was asked of them."""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trackwright.jobs.database import Database
from trackwright.jobs.run import BaseRun

logger = logging.getLogger("trackwright.heartbeat")
INTERVAL = 20.0


@dataclass(frozen=True, slots=True)
class Watched:
    """A run under heartbeat; `interrupt` is called once when its claim is lost or it was asked to stop."""

    run: BaseRun[Any, Any]
    database: Database
    interrupt: Callable[[], None]


class Heartbeat:
    """Renews the lease of every watched run. Its thread starts with the first one."""

    def __init__(self, interval: float = INTERVAL) -> None:
        self.interval = interval
        self._lock = threading.Lock()
        self._watched: dict[int, Watched] = {}
        self._apart: dict[int, Database] = {}
        self._thread: threading.Thread | None = None

    def watch(self, run: BaseRun[Any, Any], interrupt: Callable[[], None]) -> None:
        """Keep a run's claim alive until `forget`."""
        with self._lock:
            self._watched[id(run)] = Watched(run, self._database_of(run), interrupt)
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="trackwright-heartbeat", daemon=True)
                self._thread.start()

    def forget(self, run: BaseRun[Any, Any]) -> None:
        """The run has ended."""
        with self._lock:
            self._watched.pop(id(run), None)

    def _database_of(self, run: BaseRun[Any, Any]) -> Database:
        key = id(run.database)
        if key not in self._apart:
            self._apart[key] = run.database.apart()
        return self._apart[key]

    def _beat(self) -> None:
        pause = threading.Event()
        while not pause.wait(self.interval):
            with self._lock:
                watched = list(self._watched.values())
            for one in watched:
                self._renew(one)

    def _renew(self, watched: Watched) -> None:
        run = watched.run
        try:
            row = watched.database.first(*run.renewal)
        except Exception:
            # The lease outlives several beats: a database that is away for a moment costs nothing.
            logger.warning("heartbeat of %s %s failed", run.model.__name__, run.tracking.id, exc_info=True)
            return
        if row is not None and not row.cancel_requested:
            return
        run.claim_lost = row is None
        run.cancel_requested = row is not None
        watched.interrupt()


class _ProcessHeartbeat:
    def __init__(self) -> None:
        self.current = Heartbeat()

    def renew_after_fork(self) -> None:
        self.current = Heartbeat(self.current.interval)


_process = _ProcessHeartbeat()
os.register_at_fork(after_in_child=_process.renew_after_fork)


def process_heartbeat() -> Heartbeat:
    """The heartbeat of this process."""
    return _process.current
