"""The engine behind a session factory, and single statements on it outside the body's transaction."""

import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Row
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import await_only

from trackwright.errors import SessionSettingsError
from trackwright.jobs.loop import EventLoopThread, process_loop
from trackwright.model import TaskTrackingMixin

ResultT = TypeVar("ResultT")


class Database(Protocol):
    """Where a domain's rows lie: runs one statement at a time, each committed at once."""

    @property
    def dialect(self) -> str:
        """`postgresql` or `sqlite`."""
        ...

    def all(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        """Execute a statement, commit, and give its rows."""
        ...

    def first(self, statement: Any, values: dict[str, Any]) -> Row[Any] | None:
        """The same for a statement by primary key: its row, or None."""
        ...

    def read(self, look: Callable[[Connection], ResultT]) -> ResultT:
        """Let a function look at the database over one connection; nothing is committed."""
        ...

    def transact(self, work: Callable[[Connection], ResultT]) -> ResultT:
        """Let a function do its work over one connection, and commit it as a whole."""
        ...

    def apart(self) -> "Database":
        """The same database for another thread, over connections of its own."""
        ...

    def close(self) -> None:
        """Close every connection that nobody is using; later statements open new ones."""
        ...


def _statement_runner(engine: Engine) -> Callable[[Connection, Any, dict[str, Any]], list[Row[Any]]]:
    # PostgreSQL without BEGIN and COMMIT: one round trip. SQLite has none to save, and its driver needs them.
    autocommit = engine.dialect.name == "postgresql"

    def run(connection: Connection, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        if autocommit:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        rows: list[Row[Any]] = list(connection.execute(statement, values).all())
        if not autocommit:
            connection.commit()
        return rows

    return run


def _twin(engine: Engine) -> Engine:
    """The same place over new connections; with the options, among them where schemas are translated to."""
    options = dict(engine.get_execution_options())
    return Engine(engine.pool.recreate(), engine.dialect, engine.url, execution_options=options)


class _FirstOfAll(ABC):
    """`first` for both kinds of database."""

    @abstractmethod
    def all(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        """Execute a statement, commit, and give its rows."""

    def first(self, statement: Any, values: dict[str, Any]) -> Row[Any] | None:
        """Execute a statement, commit, and give its first row."""
        rows = self.all(statement, values)
        return rows[0] if rows else None


class SyncDatabase(_FirstOfAll):
    """A database over a sync driver."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._run = _statement_runner(engine)

    def all(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        """Execute a statement, commit, and give its rows."""
        with self.engine.connect() as connection:
            return self._run(connection, statement, values)

    def read(self, look: Callable[[Connection], ResultT]) -> ResultT:
        """Let a function look at the database over one connection."""
        with self.engine.connect() as connection:
            return look(connection)

    def transact(self, work: Callable[[Connection], ResultT]) -> ResultT:
        """Let a function do its work over one connection, and commit it as a whole."""
        with self.engine.begin() as connection:
            return work(connection)

    def apart(self) -> "SyncDatabase":
        """A twin with a pool of its own: bodies that hold all connections must not stop the heartbeat."""
        return SyncDatabase(_twin(self.engine))

    def close(self) -> None:
        """Close every connection that nobody is using."""
        self.engine.dispose()


class AsyncDatabase(_FirstOfAll):
    """A database over an async driver; its statements run on a kept event loop."""

    def __init__(self, engine: AsyncEngine, loop: Callable[[], EventLoopThread]) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._loop = loop
        self._run = _statement_runner(engine.sync_engine)

    def all(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        """Execute a statement, commit, and give its rows; on the loop itself only inside a greenlet."""
        return self._wait_for(self._on_loop(statement, values))

    def transact(self, work: Callable[[Connection], ResultT]) -> ResultT:
        """Let a function do its work over one connection, and commit it as a whole."""

        async def working() -> ResultT:
            async with self.engine.begin() as connection:
                return await connection.run_sync(work)

        return self._wait_for(working())

    def _wait_for(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        thread = self._loop()
        return await_only(work) if thread.is_current() else thread.run(work)

    def read(self, look: Callable[[Connection], ResultT]) -> ResultT:
        """Let a function look at the database over one connection."""

        async def looking() -> ResultT:
            async with self.engine.connect() as connection:
                return await connection.run_sync(look)

        return self._loop().run(looking())

    async def _on_loop(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        async with self.engine.connect() as connection:
            return await connection.run_sync(self._run, statement, values)

    def apart(self) -> "AsyncDatabase":
        """A twin with a loop and a pool of its own: a body that blocks its loop must not stop the heartbeat."""
        twin = AsyncEngine(_twin(self.engine.sync_engine))
        thread = EventLoopThread("trackwright-heartbeat-loop")
        return AsyncDatabase(twin, lambda: thread)

    def close(self) -> None:
        """Close every connection that nobody is using."""
        self._wait_for(self.engine.dispose())


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def database_of(session_factory: Callable[[], Any], model: type[TaskTrackingMixin]) -> Database:
    """The database of a factory's sessions for a model.

    Raises:
        SessionSettingsError: the factory makes no sessions, or sessions bound to a single connection.
    """
    session = session_factory()
    match session:
        case AsyncSession():
            engine = _engine_of(session.sync_session, model)
            return AsyncDatabase(AsyncEngine(engine), process_loop)
        case Session():
            engine = _engine_of(session, model)
            session.close()
            return SyncDatabase(engine)
        case _:
            message = (
                f"session_factory gives a {type(session).__name__}: give the sessionmaker or "
                "async_sessionmaker itself, not a generator or a dependency"
            )
            raise SessionSettingsError(message)


def _engine_of(session: Session, model: type[TaskTrackingMixin]) -> Engine:
    bind = session.get_bind(model)
    if not isinstance(bind, Engine):
        message = "session_factory's sessions are bound to one connection; bind them to an engine"
        raise SessionSettingsError(message)
    _engines.add(bind)
    return bind


def forget_inherited_connections(
    used: Iterable[tuple[Callable[[], Any], type[TaskTrackingMixin]]],
) -> None:
    """In a forked child: leave the parent's connections alone and open new ones.

    `used` are factories and models whose engines may have been used before any task of theirs ran.
    """
    for session_factory, model in used:
        database_of(session_factory, model)
    for engine in list(_engines):
        engine.dispose(close=False)
