"""One thread per worker process that keeps the claims of long tasks alive and learns what was asked of them."""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trackwright.jobs.database import Database
from trackwright.jobs.run import BaseRun

logger = logging.getLogger("trackwright.heartbeat")
INTERVAL = 20.0
SHORTEST_INTERVAL = 0.5
"""Seconds; a lease so short that it would ask for more is renewed this often."""
_BEATS_PER_LEASE = 3


@dataclass(slots=True)
class Watched:
    """A run under heartbeat; `interrupt` is called once when its claim is lost or it was asked to stop."""

    run: BaseRun[Any, Any]
    database: Database
    interrupt: Callable[[], None]
    interrupted: bool = False


class Heartbeat:
    """Renews the lease of every watched run. Its thread starts with the first one."""

    def __init__(self, interval: float = INTERVAL) -> None:
        self.interval = interval
        self._lock = threading.Lock()
        self._watched: dict[int, Watched] = {}
        self._apart: dict[Database, Database] = {}
        self._shorter = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, run: BaseRun[Any, Any], interrupt: Callable[[], None]) -> None:
        """Keep a run's claim alive until `forget`."""
        with self._lock:
            self._watched[id(run)] = Watched(run, self._database_of(run), interrupt)
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="trackwright-heartbeat", daemon=True)
                self._thread.start()
        if run.lease < self.interval * _BEATS_PER_LEASE:
            self._shorter.set()

    def forget(self, run: BaseRun[Any, Any]) -> None:
        """The run has ended."""
        with self._lock:
            self._watched.pop(id(run), None)

    def _database_of(self, run: BaseRun[Any, Any]) -> Database:
        # Keyed by the database, not by its id: that of one which is gone may belong to another.
        if run.database not in self._apart:
            self._apart[run.database] = run.database.apart()
        return self._apart[run.database]

    def _beat(self) -> None:
        last = time.monotonic()
        while True:
            # From the last beat, not from here: tasks that keep starting must not put it off for ever.
            rest = last + self._pause(self._all()) - time.monotonic()
            if self._shorter.wait(max(0.0, rest)):
                self._shorter.clear()
                continue
            last = time.monotonic()
            for one in self._all():
                self._renew(one)

    def _all(self) -> list[Watched]:
        with self._lock:
            return list(self._watched.values())

    def _pause(self, watched: list[Watched]) -> float:
        shortest = min((one.run.lease / _BEATS_PER_LEASE for one in watched), default=self.interval)
        return max(SHORTEST_INTERVAL, min(self.interval, shortest))

    def _renew(self, watched: Watched) -> None:
        run = watched.run
        try:
            row = run.renew(watched.database)
        except Exception:
            # The lease outlives several beats: a database that is away for a moment costs nothing.
            logger.warning(
                "heartbeat of %s %s failed",
                *(run.log_fields["domain"], run.tracking.id),
                exc_info=True,
                extra=run.log_fields,
            )
            return
        run.take(row)
        over = run.claim_lost or (run.cancel_requested and not run.cleaning_up)
        if over and not watched.interrupted:
            watched.interrupted = True
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
