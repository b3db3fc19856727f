"""What SQLite needs so that several processes can share a tracking table."""

import functools
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

BUSY_TIMEOUT = 30_000
"""Milliseconds a writer waits for another before it gives up."""


def configure_sqlite(engine: Engine | AsyncEngine, *, busy_timeout: int = BUSY_TIMEOUT) -> None:
    """Set WAL, a busy timeout (ms) and BEGIN IMMEDIATE on an engine; does nothing for other databases.

    BEGIN IMMEDIATE takes the write lock when a transaction starts: one that began by reading could otherwise
    fail at its first write, without waiting, because another process wrote meanwhile.
    """
    target = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
    if target.dialect.name == "sqlite":
        event.listen(target, "connect", functools.partial(_set_pragmas, busy_timeout))
        event.listen(target, "begin", _begin_immediate)


def _set_pragmas(busy_timeout: int, connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: `begin` below does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={busy_timeout}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
