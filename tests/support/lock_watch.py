"""What a migration's statements find locked, seen from another session."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

READS_ALL = re.compile(r"VALIDATE|CREATE (UNIQUE )?INDEX|UPDATE (?!alembic_version)")
HARMLESS = {"AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock"}
"""Lock modes that neither wait for nor stop those who read and write rows."""


@dataclass(frozen=True)
class Seen:
    """A statement and the locks on the table that its session held right before it, or right after."""

    sql: str
    modes: frozenset[str]


@contextmanager
def watched_locks(url: str, table: str) -> Iterator[list[Seen]]:
    """Watch all that SQLAlchemy executes meanwhile."""
    seen: list[Seen] = []
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as observer:

        def note(connection: sa.Connection, _cursor: object, statement: str, *_rest: object) -> None:
            raw = connection.connection.dbapi_connection
            assert isinstance(raw, psycopg.Connection)
            rows = observer.execute(
                "SELECT mode FROM pg_locks WHERE pid = %s AND relation = to_regclass(%s)",
                (raw.info.backend_pid, table),
            )
            seen.append(Seen(statement, frozenset(mode for (mode,) in rows)))

        moments = ("before_cursor_execute", "after_cursor_execute")
        for moment in moments:
            event.listen(sa.Engine, moment, note)
        try:
            yield seen
        finally:
            for moment in moments:
                event.remove(sa.Engine, moment, note)


def blocking_scans(seen: Iterable[Seen]) -> list[Seen]:
    """Statements that read all rows while their session stops others from writing."""
    return [one for one in seen if READS_ALL.search(one.sql) and one.modes - HARMLESS]


def unproven_not_null(seen: Iterable[Seen], table: str) -> list[str]:
    """Columns that become NOT NULL without a validated CHECK, so that PostgreSQL reads all rows under a lock."""
    ran = [one.sql for one in seen]
    found = [(place, re.search(r"ALTER COLUMN (\w+) SET NOT NULL", sql)) for place, sql in enumerate(ran)]
    return [
        match[1]
        for place, match in found
        if match
        and f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{match[1]}_not_null" not in ran[:place]
    ]
