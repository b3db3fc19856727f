"""What tracking costs a task, as ratios of one run: python benchmarks/runtime.py [--tasks 3000].

Redis broker, PostgreSQL, two worker processes, a body that does nothing. Five trackers take turns, so that what the
machine does meanwhile meets all of them; the median of the rounds counts. Absolute figures are not comparable.
"""

import argparse
import contextlib
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import redis

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "tests" / "support"))

import servers  # noqa: E402 -- found by the line above
from figure import Figure  # noqa: E402 -- beside this file
from workers import wait_until, worker  # noqa: E402 -- the same

TRACKERS = ("bare", "database backend", "naive ORM", "floor", "ours")
SEND = "import sys, trackers; [trackers.ENQUEUE[sys.argv[1]]() for _ in range(int(sys.argv[2]))]"
PREPARE = "import trackers; trackers.Base.metadata.create_all(trackers.engine)"


class Cost(NamedTuple):
    """Seconds per task: to enqueue it with no worker about, to work it off, and of the worker's processors."""

    enqueue: float
    process: float
    worker_cpu: float


def measure(tracker: str, tasks: int, environment: dict[str, str]) -> Cost:
    """What one tracker costs, over so many tasks."""
    environment = {**environment, "TRACKER": tracker}
    broker = redis.Redis.from_url(environment["BROKER_URL"])
    broker.flushall()
    enqueued = _send(tracker, tasks, environment) - _send(tracker, 0, environment)
    with tempfile.TemporaryDirectory() as folder, worker("trackers", environment, Path(folder)) as started:
        log = Path(folder) / "worker.log"
        # Measured from the first tenth on: connections and imports are not the tracker's.
        wait_until("the worker to begin", lambda: _waiting(broker) <= tasks * 0.9, log)
        began, spent, left = time.perf_counter(), _cpu_seconds(started.process.pid), _waiting(broker)
        wait_until("the worker to finish", lambda: _waiting(broker) == 0, log)
        took, cpu = time.perf_counter() - began, _cpu_seconds(started.process.pid) - spent
    return Cost(enqueued / tasks, took / max(left, 1), cpu / max(left, 1))


def _cpu_seconds(group: int) -> float:
    """What the processes of a group have used so far, as Linux counts it."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12]) if int(fields[2]) == group else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _waiting(broker: "redis.Redis") -> int:
    return int(str(broker.llen("celery"))) + int(str(broker.hlen("unacked")))


def _send(tracker: str, tasks: int, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    _python(SEND, tracker, str(tasks), environment=environment)
    return time.perf_counter() - began


def _python(code: str, *arguments: str, environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", code, *arguments]
    subprocess.run(command, env={**os.environ, **environment}, check=True)  # noqa: S603 -- our own words


def run(tasks: int, rounds: int, trackers: Sequence[str] = TRACKERS) -> dict[str, Cost]:
    """Each tracker's cost, the medians of the rounds."""
    figures: dict[str, list[Cost]] = {tracker: [] for tracker in trackers}
    with (
        servers.postgresql() as server,
        servers.database(server, "bench") as url,
        servers.redis_url() as broker,
    ):
        environment = {"DATABASE_URL": url, "BROKER_URL": broker, "PYTHONPATH": str(FOLDER)}
        _python(PREPARE, environment=environment)
        for _ in range(rounds):
            for tracker in trackers:
                figures[tracker].append(measure(tracker, tasks, environment))
    return {
        tracker: Cost(*(statistics.median(values) for values in zip(*found, strict=True)))
        for tracker, found in figures.items()
    }


def _ratio(value: float, floor: float) -> float:
    # A handful of tasks may take less than a tick of the clock by which processors are counted.
    return value / floor if floor else math.nan


def report(figures: dict[str, Cost]) -> str:
    """Tasks per second, and the worker's processor time per task, as multiples of the floor's."""
    floor = figures["floor"]
    lines = [f"{'tracker':<18}{'enqueue':>9}{'process':>9}{'cpu':>9}   (tasks/s and cpu s, the floor is 1)"]
    lines += [
        f"{tracker:<18}{floor.enqueue / cost.enqueue:>9.2f}{floor.process / cost.process:>9.2f}"
        f"{_ratio(cost.worker_cpu, floor.worker_cpu):>9.2f}"
        for tracker, cost in figures.items()
    ]
    return "\n".join(lines)


def figures(*, tiny: bool) -> list[Figure]:
    """Our cost beside the others', with the targets; then all of them beside bare Celery."""
    return compared(run(10, 1) if tiny else run(1_000, 3))


def compared(costs: dict[str, Cost]) -> list[Figure]:
    """The same, of costs that are known."""
    ours, floor = costs["ours"], costs["floor"]
    against = (("floor", 0.85), ("database backend", 2.1), ("naive ORM", 1.9))
    found = [
        Figure(f"worked off a second, times the {name}'s", costs[name].process / ours.process, least=least)
        for name, least in against
    ]
    cpu = _ratio(ours.worker_cpu, floor.worker_cpu)
    found.append(Figure("worker's processor time, times the floor's", cpu, most=1.3))
    others = dict(costs)
    bare = others.pop("bare")
    for name, cost in others.items():
        found += [
            Figure(f"{name}: enqueued a second, times bare Celery's", bare.enqueue / cost.enqueue),
            Figure(f"{name}: worked off a second, times bare Celery's", bare.process / cost.process),
        ]
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--trackers", nargs="+", choices=TRACKERS, default=TRACKERS, help="must name the floor"
    )
    given = parser.parse_args()
    print(report(run(given.tasks, given.rounds, given.trackers)))
