"""What the hot queries cost on a large table, as multiples of a small one: python benchmarks/queries.py.

PostgreSQL; the same operations on a table of 2,000 rows and on one of 2,000,000 (--rows), medians of --rounds.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "tests" / "support"))

import servers  # noqa: E402 -- found by the line above
from figure import Figure  # noqa: E402 -- beside this file
from full_table import PriceTracking, fill  # noqa: E402 -- the same
from sqlalchemy import Engine, create_engine  # noqa: E402 -- the same
from sqlalchemy.orm import Session, sessionmaker  # noqa: E402 -- the same

from trackwright.crud import SyncTaskTrackingCRUD  # noqa: E402 -- the same
from trackwright.crud.statements import Position, page  # noqa: E402 -- the same
from trackwright.maintenance import sweep  # noqa: E402 -- the same
from trackwright.registry import Domain  # noqa: E402 -- the same
from trackwright.retention import Retention  # noqa: E402 -- the same
from trackwright.status import TrackingStatus  # noqa: E402 -- the same

SMALL = 2_000
PAGE = 100
BATCH = 100
"""Rows of one batch of the sweep and of pruning: the same on both tables, so that the batch is what costs."""
crud = SyncTaskTrackingCRUD(PriceTracking)


def seconds(url: str, rows: int, rounds: int) -> dict[str, float]:
    """Median seconds of each operation on a table with so many rows."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    fill(engine, rows, burst=BATCH)
    plain = create_engine(url)
    return {
        name: statistics.median(_timed(operation, plain) for _ in range(rounds))
        for name, operation in _operations(rows).items()
    }


def _operations(rows: int) -> dict[str, Callable[[Engine], object]]:
    # As far in as the table allows: page 10,000 of the large one.
    position = min(10_000 * PAGE, rows // 2)
    far = Position(datetime.now(UTC) - timedelta(seconds=position), rows - position)
    completed = TrackingStatus.COMPLETED
    far_page = page(PriceTracking, status=completed, after=far)
    old = Retention(completed=rows / 2 / 86_400, cancelled=None, failed=None)

    def in_session(look: Callable[[Session], object]) -> Callable[[Engine], object]:
        def operate(engine: Engine) -> object:
            with Session(engine) as session:
                return look(session)

        return operate

    return {
        "get_active_tasks(limit=100)": in_session(lambda db: crud.get_active_tasks(db, limit=PAGE)),
        "get_by_status, first page": in_session(lambda db: crud.get_by_status(db, completed)),
        "get_by_status, page 10,000": in_session(lambda db: db.scalars(far_page).all()),
        "get_by_celery_task_id": in_session(lambda db: crud.get_by_celery_task_id(db, "task-77")),
        "a sweep": lambda engine: sweep(
            Domain("price", PriceTracking, sessionmaker(engine)), lambda _: True, batch=BATCH
        ),
        "a batch of pruning": in_session(lambda db: crud.prune(db, old, batch=BATCH)),
    }


def _timed(operation: Callable[[Engine], object], engine: Engine) -> float:
    began = time.perf_counter()
    operation(engine)
    return time.perf_counter() - began


def run(rows: int, rounds: int) -> dict[str, float]:
    """What each operation costs on the large table, as a multiple of the small one."""
    with servers.postgresql() as server:
        with servers.database(server, "small") as url:
            small = seconds(url, SMALL, rounds)
        with servers.database(server, "large") as url:
            large = seconds(url, rows, rounds)
    return {name: large[name] / small[name] for name in small}


def figures(*, tiny: bool) -> list[Figure]:
    """Each operation, with the target: the same order of time as on the small table."""
    rows = 3_000 if tiny else 2_000_000
    found = run(rows, 1 if tiny else 15)
    on = f"on {rows:,} rows, times the same on {SMALL:,}"
    return [Figure(f"{name} {on}", ratio, most=10) for name, ratio in found.items()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    print(f"{given.rows:,} rows against {SMALL:,}, times the cost")
    for what, ratio in run(given.rows, given.rounds).items():
        print(f"{what:<32}{ratio:>6.2f}")
