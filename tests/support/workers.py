"""Real Celery workers as processes, and waiting for what they do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0


class Worker:
    """One `celery worker` process with its pool children, in a process group of its own."""

    def __init__(self, app: str, environment: Mapping[str, str], folder: Path, *options: str) -> None:
        self.log = folder / "worker.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", app, "worker", "-l", "info"),
                    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
                    *(options or ("--pool", "prefork", "--concurrency", "2")),
                ],
                cwd=folder,
                env={**os.environ, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL to the worker and its children, as when a machine goes away."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Warm shutdown; whatever has not ended after a while is killed."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def worker(app: str, environment: Mapping[str, str], folder: Path, *options: str) -> Iterator[Worker]:
    """A worker that has stopped when the block ends."""
    started = Worker(app, environment, folder, *options)
    try:
        yield started
    finally:
        started.stop()


def wait_until(what: str, ready: Callable[[], bool], log: Path | None = None) -> None:
    """Wait for something that another process does; the error shows the worker's log."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.05)
    tail = log.read_text(errors="replace")[-6000:] if log and log.exists() else ""
    message = f"waited {PATIENCE:.0f} s for: {what}\n{tail}"
    raise TimeoutError(message)
