"""Copying a legacy table against one INSERT ... SELECT of the same rows: python benchmarks/legacy.py [--rows 1000000].

PostgreSQL; ratios of one run. The single statement fills a twin of the tracking table, with its indexes and with the
same values in every column, and has no links, no report, no memory of what was copied. The bare one leaves out where
a row came from: its metadata is the legacy row's own.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "tests" / "support"))

import servers  # noqa: E402 -- found by the line above
from figure import Figure  # noqa: E402 -- beside this file
from legacy_models import Base, LegacyBase, PriceTracking  # noqa: E402 -- the same
from sqlalchemy import Engine, Executable, MetaData, create_engine, insert, select, text  # noqa: E402 -- the same
from sqlalchemy.orm import sessionmaker  # noqa: E402 -- the same

from trackwright.jobs.database import Database, database_of  # noqa: E402 -- the same
from trackwright.maintenance.legacy import CopyStep, Move, copy_rows, moves_of, verify  # noqa: E402 -- the same

SAME = "one INSERT ... SELECT"
COPY = "legacy data"
MOST = 2.0
"""Times the single statement, for the copy."""
FILL = """
INSERT INTO task_status (task_type, status, resource_id, error, retry_count, task_metadata, created_at, finished_at)
SELECT CASE WHEN n % 10 = 0 THEN 'other' ELSE 'price' END, (ARRAY['done', 'failed', 'running', 'queued'])[1 + n % 4],
       'e' || n, CASE WHEN n % 4 = 1 THEN 'KeyError: ' || n END, n % 3,
       json_build_object('price', n % 1000, 'note', 'x'),
       timestamp '2026-01-01' + n * interval '1 second', timestamp '2026-01-01' + n * interval '1 second'
FROM generate_series(1, :rows) AS n
"""
BARE = """
INSERT INTO bare_twin (status, created_at, updated_at, completed_at, error_message, attempts, max_attempts, metadata,
                       etf_id, price, day)
SELECT CASE status WHEN 'done' THEN 'COMPLETED' WHEN 'failed' THEN 'FAILED' WHEN 'running' THEN 'PROCESSING'
       ELSE 'PENDING' END, timezone('UTC', created_at), timezone('UTC', created_at), timezone('UTC', finished_at),
       error, retry_count, 3, task_metadata::jsonb, resource_id, (task_metadata ->> 'price')::numeric,
       (task_metadata ->> 'day')::date
FROM task_status WHERE task_type = 'price'
"""


def run(rows: int) -> dict[str, float]:
    """Seconds of the single statements, of the copy, of its second run and of the verification."""
    with servers.postgresql() as server, servers.database(server, "bench") as url:
        engine = create_engine(url)
        LegacyBase.metadata.create_all(engine)
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(text(FILL), {"rows": rows})
            for twin in ("twin", "bare_twin"):
                connection.exec_driver_sql(f"CREATE TABLE {twin} (LIKE price_task_tracking INCLUDING ALL)")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE task_status")
        database = database_of(sessionmaker(engine), PriceTracking)
        (move,) = database.read(partial(moves_of, PriceTracking))
        figures = {name: _timed(engine, work) for name, work in _works(engine, database, move).items()}
        engine.dispose()
    return figures


def figures(*, tiny: bool) -> list[Figure]:
    """Each step as a multiple of the single statement with the same values."""
    seconds = run(2_000 if tiny else 1_000_000)
    single = seconds.pop(SAME)
    return [
        Figure(f"{name}, times {SAME}", took / single, most=MOST if name == COPY else None)
        for name, took in seconds.items()
    ]


def _works(engine: Engine, database: Database, move: Move) -> dict[str, Callable[[], object]]:
    """What is timed, in this order."""
    twin = move.target.to_metadata(MetaData(), name="twin")
    rows = select(*move.values.values()).select_from(move.source).where(move.belongs)
    same = insert(twin).from_select(list(move.values), rows, include_defaults=False)
    return {
        SAME: lambda: _execute(engine, same),
        "the same, bare": lambda: _execute(engine, text(BARE)),
        COPY: lambda: sum(copy_rows(database, move), CopyStep()),
        "legacy data again": lambda: sum(copy_rows(database, move), CopyStep()),
        "legacy verify": lambda: _verified(database.read(partial(verify, move)).passed()),
    }


def report(figures: dict[str, float]) -> str:
    """Seconds as multiples of the single statement's."""
    return "\n".join(f"{name:<24}{seconds / figures[SAME]:>8.2f}" for name, seconds in figures.items())


def _execute(engine: Engine, statement: Executable) -> None:
    with engine.begin() as connection:
        connection.execute(statement)


def _timed(engine: Engine, work: Callable[[], object]) -> float:
    # None of them pays for the pages that the one before has left to be written.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CHECKPOINT")
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _verified(passed: bool) -> None:
    if not passed:
        message = "the copy does not verify"
        raise SystemExit(message)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    print(report(run(parser.parse_args().rows)))
