"""The engine behind a session factory, and single statements on it outside the body's transaction."""

import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Row
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import await_only, greenlet_spawn

from trackwright.errors import SessionSettingsError
from trackwright.jobs.loop import EventLoopThread, process_loop
from trackwright.jobs.statements import KeptConnections, PooledStatements, Statements, kept_for, twin
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

    def __init__(self, engine: Engine, kept: KeptConnections | None = None) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._kept = kept
        self._statements: Statements = kept or PooledStatements(engine)

    def all(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        """Execute a statement, commit, and give its rows."""
        return self._statements.all(statement, values)

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
        return SyncDatabase(twin(self.engine), self._kept)

    def close(self) -> None:
        """Close every connection that nobody is using."""
        if self._kept is not None:
            self._kept.close()
        self.engine.dispose()


class AsyncDatabase(_FirstOfAll):
    """A database over an async driver; its statements run on a kept event loop."""

    def __init__(self, engine: AsyncEngine, loop: Callable[[], EventLoopThread]) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._loop = loop
        self._statements = PooledStatements(engine.sync_engine)

    def all(self, statement: Any, values: dict[str, Any]) -> list[Row[Any]]:
        """Execute a statement, commit, and give its rows; on the loop itself only inside a greenlet."""
        return self._wait_for(greenlet_spawn(self._statements.all, statement, values))

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

    def apart(self) -> "AsyncDatabase":
        """A twin with a loop and a pool of its own: a body that blocks its loop must not stop the heartbeat."""
        engine = AsyncEngine(twin(self.engine.sync_engine))
        thread = EventLoopThread("trackwright-heartbeat-loop")
        return AsyncDatabase(engine, lambda: thread)

    def close(self) -> None:
        """Close every connection that nobody is using."""
        self._wait_for(self.engine.dispose())


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def database_of(
    session_factory: Callable[[], Any], model: type[TaskTrackingMixin], *, keep_open: bool = False
) -> Database:
    """The database of a factory's sessions for a model.

    With keep_open its single statements have connections of their own that stay open between them: for who makes
    many, and keeps the database.

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
            return SyncDatabase(engine, kept_for(engine) if keep_open else None)
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
