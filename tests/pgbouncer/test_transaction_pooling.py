"""Real workers behind transaction pooling: what docs/how-to/pgbouncer.md says of each driver holds."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pooler import KEEPS_PREPARED, Pooler, pgbouncer, version
from projects import Project, loaded
from sqlalchemy import func, select
from workers import wait_until

PROGRAM = os.environ["TRACKWRIGHT_PGBOUNCER"]
ROWS = 40
SIZE = 3
"""Connections behind the pooler: fewer than the worker has before it."""
SETTLED = {
    "CONNECT_ARGS": json.dumps({"prepare_threshold": None}),
    "ASYNC_CONNECT_ARGS": json.dumps({"statement_cache_size": 0}),
}
PLAIN = {"CONNECT_ARGS": "{}", "ASYNC_CONNECT_ARGS": "{}"}


@dataclass
class Behind:
    """The project behind the pooler, and the pooler."""

    project: Project
    pooler: Pooler
    database: str


@pytest.fixture
def behind(
    postgres_server: str,
    postgres_url: str,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Behind]]:
    """Start the pooler and load the project with the settings of the page."""
    database = postgres_url.partition("?")[0].rpartition("/")[2]
    opened: list[Any] = []

    def start(settings: dict[str, str], prepared: int = 0) -> Behind:
        opened.append(pgbouncer(PROGRAM, postgres_server, size=SIZE, prepared=prepared))
        pooler = opened[-1].__enter__()
        queue = {"BROKER_URL": redis_url, "QUEUE": f"q{uuid.uuid4().hex}"}
        environment = {"DATABASE_URL": pooler.url(database), **queue, **settings}
        opened.append(loaded("pooled_app", environment, tmp_path, monkeypatch))
        return Behind(next(opened[-1]), pooler, database)

    yield start
    for one in reversed(opened):
        if hasattr(one, "__exit__"):
            one.__exit__(None, None, None)
        else:
            next(one, None)


def drivers() -> list[Any]:
    """What the page promises of the PgBouncer that is here."""
    kept = version(PROGRAM) >= KEEPS_PREPARED
    return [
        pytest.param(SETTLED, 0, id="settings of the page"),
        *([pytest.param(PLAIN, 200, id="max_prepared_statements")] if kept else []),
    ]


@pytest.mark.parametrize(("settings", "prepared"), drivers())
def test_workers_share_few_connections(
    behind: Callable[..., Behind], postgres_url: str, settings: dict[str, str], prepared: int
) -> None:
    """Sync and async bodies, retries, renewed leases: each effect once, nothing in the log, few connections."""
    found = behind(settings, prepared)
    app = found.project.app
    cases = ["fail once" if number % 8 == 0 else "renewed" if number == 1 else "ok" for number in range(ROWS)]
    with app.SessionLocal() as session:
        for task in (app.work_sync, app.work_async):
            rows = [{"case": case} for case in cases]
            app.PooledService(session).enqueue_many(task, rows, commit=True)
    log = found.project.folder / "worker.log"
    with found.project.start("--pool", "prefork", "--concurrency", "3"):
        wait_until("all rows to end", lambda: _ended(app) == 2 * ROWS, log)
        with psycopg.connect(postgres_url.replace("+psycopg", "", 1)) as connection:
            ask = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            others = connection.execute(ask).fetchone()
    assert others is not None
    assert others[0] - 1 <= SIZE
    with app.SessionLocal() as session:
        rows = session.scalars(select(app.PooledTracking)).all()
        effects = session.scalars(select(app.Effect.tracking_id)).all()
    assert {row.status for row in rows} == {"COMPLETED"}, log.read_text()
    assert [row.attempts for row in rows] == [2 if row.case == "fail once" else 1 for row in rows]
    assert sorted(effects) == sorted(row.id for row in rows)
    text = log.read_text()
    for word in ("prepared statement", "ERROR", "Traceback"):
        assert word not in text.replace("first try fails", ""), text


def _ended(app: Any) -> int:
    with app.SessionLocal() as session:
        ended = select(func.count()).where(app.PooledTracking.status.in_(("COMPLETED", "FAILED")))
        return int(session.scalar(ended) or 0)
