"""A database of a project's own kind that a test may fill and throw away; never the project's data."""

import contextlib
import tempfile
import uuid
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateSchema, CreateTable, DropSchema
from sqlalchemy.util import greenlet_spawn

from trackwright.jobs.loop import process_loop
from trackwright.model import table_of
from trackwright.sqlite import configure_sqlite

_BUSY_TIMEOUT = 3_000
"""Milliseconds. A test whose own open session holds the only writer's lock need not wait long to hear of it."""


@contextlib.contextmanager
def throwaway_sessions(session_factory: Callable[[], Any], *models: type[Any]) -> Generator[Any]:
    """Give a session factory like the project's own, over a fresh place with the models' tables in it.

    SQLite: a file in a temporary folder. PostgreSQL: a schema of its own on the project's server, dropped at the
    end. The tables come without their foreign keys, so that a test needs no rows of other tables.
    """
    session = session_factory()
    is_async = isinstance(session, AsyncSession)
    engine: Any = (session.sync_session if is_async else session).get_bind()
    with contextlib.ExitStack() as cleanup:
        if engine.dialect.name == "sqlite":
            folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="trackwright-"))
            place = _engine(engine.url.set(database=str(Path(folder, "test.db"))), is_async=is_async)
            configure_sqlite(place, busy_timeout=_BUSY_TIMEOUT)
        else:
            schema = f"trackwright_test_{uuid.uuid4().hex[:12]}"
            place = _engine(engine.url, is_async=is_async)
            _run(place, lambda found: _execute(found, CreateSchema(schema)), is_async=is_async)
            cleanup.callback(
                _run,
                place,
                lambda found: _execute(found, DropSchema(schema, cascade=True)),
                is_async=is_async,
            )
            place = place.execution_options(
                schema_translate_map={table_of(model).schema: schema for model in models}
            )
        _run(place, lambda found: _create(found, models), is_async=is_async)
        yield _sessions(place, is_async=is_async)


def _engine(url: Any, *, is_async: bool) -> Any:
    # No pool: nothing stays open, and an async driver's connections belong to whichever loop asks.
    make: Callable[..., Any] = create_async_engine if is_async else create_engine
    return make(url, poolclass=NullPool)


def _sessions(engine: Any, *, is_async: bool) -> Any:
    if is_async:
        made: async_sessionmaker[AsyncSession] = async_sessionmaker(engine, expire_on_commit=False)
        return made
    return sessionmaker(engine, class_=Session, expire_on_commit=False)


def _run(engine: Any, step: Callable[[Engine], None], *, is_async: bool) -> None:
    if is_async:
        process_loop().run(greenlet_spawn(step, engine.sync_engine))
    else:
        step(engine)


def _execute(engine: Engine, statement: Any) -> None:
    with engine.begin() as connection:
        connection.execute(statement)


def _create(engine: Engine, models: tuple[type[Any], ...]) -> None:
    with engine.begin() as connection:
        for model in models:
            table = table_of(model)
            connection.execute(CreateTable(table, include_foreign_key_constraints=[]))
            for index in table.indexes:
                connection.execute(CreateIndex(index))
