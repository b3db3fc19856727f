"""Many rows at once, as ratios of one run: python benchmarks/bulk.py [--rows 100000] [--messages 5000].

`create_many` against one Core executemany INSERT of the same rows; `enqueue_many`, whose rows and messages both
count, against a loop of a bare task's apply_async. PostgreSQL and Redis.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent / "tests" / "support")]

import servers  # noqa: E402 -- found by the line above
from figure import Figure  # noqa: E402 -- the same
from full_table import Base, PriceTracking  # noqa: E402 -- the same
from sqlalchemy import Engine, insert  # noqa: E402 -- the same

from trackwright import SyncTaskTrackingService  # noqa: E402 -- the same
from trackwright.model import table_of  # noqa: E402 -- the same


def run(rows: int, messages: int, rounds: int) -> dict[str, float]:
    """Ratios of medians: what creating costs (smaller is better), and how fast sending is (greater is better)."""
    with (
        servers.postgresql() as server,
        servers.database(server, "bench") as url,
        servers.redis_url() as broker,
    ):
        os.environ |= {"DATABASE_URL": url, "BROKER_URL": broker}
        import trackers  # it reads the environment

        for base in (trackers.Base, Base):
            base.metadata.create_all(trackers.engine)
        values = [{"etf_id": f"A{number}"} for number in range(rows)]
        ways: dict[str, Callable[[], Any]] = {
            "Core executemany": lambda: _insert(trackers.engine, values),
            "create_many": lambda: _service(trackers, PriceTracking).create_many(values, commit=True),
            "bare apply_async": lambda: [trackers.bare.apply_async() for _ in range(messages)],
            "enqueue_many": lambda: _service(trackers, trackers.BenchTracking).enqueue_many(
                trackers.ours, [{}] * messages, commit=True
            ),
        }
        trackers.bare.apply_async()  # connections are nobody's cost
        _service(trackers, trackers.BenchTracking).enqueue(trackers.ours, commit=True)
        seconds = {name: [_timed(way) for _ in range(rounds)] for name, way in ways.items()}
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    return {
        "create_many, times a Core executemany": medians["create_many"] / medians["Core executemany"],
        "enqueue_many, speed of a bare loop": medians["bare apply_async"] / medians["enqueue_many"],
    }


def _service(trackers: Any, model: Any) -> Any:
    return SyncTaskTrackingService(trackers.sessions(), model)


def _insert(engine: Engine, values: list[dict[str, str]]) -> None:
    with engine.begin() as connection:
        connection.execute(insert(table_of(PriceTracking)), values)


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def figures(*, tiny: bool) -> list[Figure]:
    """Both ratios with their targets."""
    creating, sending = run(100, 20, 1).items() if tiny else run(100_000, 5_000, 3).items()
    return [Figure(*creating, most=1.5), Figure(*sending, least=0.9)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for what, ratio in run(given.rows, given.messages, given.rounds).items():
        print(f"{what:<42}{ratio:>6.2f}")
