"""Single statements outside of any body's transaction, each committed at once."""

import os
import time
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, NullPool, Row, event

MOST_KEPT = 4
"""Connections that stay open between statements, for each engine and process; a prefork child needs one."""
FRESH = 1.0
"""Seconds that a connection may lie idle and still be used unasked; then its pool looks after it first."""


class Statements(Protocol):
    """Executes one statement at a time."""

    def all(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        """Execute a statement, commit, and give its rows."""
        ...


class PooledStatements:
    """Statements over the engine's own pool."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # PostgreSQL without BEGIN and COMMIT: one round trip. SQLite has none to save, and its driver needs them.
        self._autocommit = engine.dialect.name == "postgresql"

    def all(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        """Execute a statement, commit, and give its rows."""
        with self._engine.connect() as connection:
            if self._autocommit:
                connection.execution_options(isolation_level="AUTOCOMMIT")
            rows: list[Row[Any]] = list(connection.execute(statement, values).all())
            if not self._autocommit:
                connection.commit()
            return rows


class KeptConnections:
    """Statements without BEGIN and COMMIT, one round trip each, over a pool of their own.

    Bodies that hold every connection of the engine's pool do not keep them waiting. Taking a connection out of a
    pool and setting it to autocommit takes longer than SQLAlchemy needs for a statement, so that some stay out.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._apart = twin(engine)
        self._idle: list[tuple[Connection, float]] = []
        self._closings = 0
        # Not at exit: a fork of whoever forks without exec would close its parent's.
        weakref.finalize(self, _close, self._idle, self._apart).atexit = False

    def all(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        """Execute a statement, which commits itself, and give its rows."""
        closings = self._closings
        connection = self._take()
        try:
            rows: list[Row[Any]] = list(connection.execute(statement, values).all())
        except BaseException:
            connection.close()
            raise
        self._give_back(connection, closed_meanwhile=closings != self._closings)
        return rows

    def _give_back(self, connection: Connection, *, closed_meanwhile: bool) -> None:
        if closed_meanwhile:
            connection.invalidate()  # its pool is gone: there it would lie open until it is garbage
            connection.close()
        elif len(self._idle) < MOST_KEPT:
            self._idle.append((connection, time.monotonic()))
        else:
            connection.close()

    def _take(self) -> Connection:
        try:
            connection, since = self._idle.pop()  # one step: threads never take the same
        except IndexError:
            return self._open()
        if time.monotonic() - since <= FRESH:
            return connection
        connection.close()
        return self._open()

    def _open(self) -> Connection:
        taken = self._apart.connect().connection
        # Of the engine itself, over the other pool: its listeners, such as tracing, hear of the statements.
        connection = Connection(self._engine, taken)
        # SQLAlchemy begins a transaction that it never ends; the server, in autocommit, knows of none.
        return connection.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        """Close every connection, those in use after their statement; later statements open new ones."""
        self._closings += 1
        _close(self._idle, self._apart)

    def leave_to_parent(self) -> None:
        """In a forked child: neither use nor close what the parent has open."""
        _inherited.append((list(self._idle), self._apart.pool))
        self._idle.clear()
        self._apart.dispose(close=False)


def _close(idle: list[tuple[Connection, float]], engine: Engine) -> None:
    while idle:
        idle.pop()[0].close()
    engine.dispose()


_NAME = "_trackwright_statements"
_all_kept: weakref.WeakSet[KeptConnections] = weakref.WeakSet()
_inherited: list[Any] = []
"""Never freed: what ends with its owner would tell the server so, over the parent's socket."""


def kept_for(engine: Engine) -> KeptConnections | None:
    """The connections of an engine for who makes many statements; all of one process share them.

    They are closed when the engine is disposed of, or when nobody has them any more.

    None where none are kept: on SQLite, which has one writer; over asyncpg, whose connections belong to one event
    loop and must be closed on it; without a pool, which is chosen for a reason, such as a pooler behind it.
    """
    dialect = engine.dialect
    if dialect.name != "postgresql" or dialect.is_async or isinstance(engine.pool, NullPool):
        return None
    kept = _known_of(engine)
    if kept is None:
        kept = KeptConnections(engine)
        # Weakly: an open connection leads to its engine, and both would live for ever.
        vars(engine)[_NAME] = weakref.ref(kept)
        _all_kept.add(kept)
        if not event.contains(engine, "engine_disposed", _disposed):
            event.listen(engine, "engine_disposed", _disposed)
    return kept


def _known_of(engine: Engine) -> KeptConnections | None:
    known: Callable[[], KeptConnections | None] = vars(engine).get(_NAME, lambda: None)
    return known()


def twin(engine: Engine) -> Engine:
    """The same place over new connections; with the options, among them where schemas are translated to."""
    options = dict(engine.get_execution_options())
    return Engine(engine.pool.recreate(), engine.dialect, engine.url, execution_options=options)


def _disposed(engine: Engine) -> None:
    kept = _known_of(engine)
    if kept is not None:
        kept.close()


def _forked() -> None:
    for kept in list(_all_kept):
        kept.leave_to_parent()


os.register_at_fork(after_in_child=_forked)
