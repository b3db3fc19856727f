"""Single statements over connections that stay open between them: never shared, never stale, closed in the end."""

import gc
import os
import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from workers import wait_until

from trackwright.jobs import statements
from trackwright.jobs.database import SyncDatabase
from trackwright.jobs.statements import MOST_KEPT, kept_for

Connect = Callable[..., Engine]


@pytest.fixture
def connect(postgres_url: str) -> Iterator[Connect]:
    """Makes engines that name themselves to the server, and disposes of them."""
    made: list[Engine] = []

    def make(**options: object) -> Engine:
        made.append(create_engine(postgres_url, connect_args={"application_name": "kept"}, **options))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


@pytest.fixture
def connections(postgres_url: str) -> Iterator[Callable[[], int]]:
    """How many connections of the engine under test the server has."""
    watching = create_engine(postgres_url)

    def count() -> int:
        query = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kept'")
        with watching.connect() as connection:
            return int(connection.execute(query).scalar_one())

    yield count
    watching.dispose()


def kept(engine: Engine) -> SyncDatabase:
    """The database as a task has it."""
    return SyncDatabase(engine, kept_for(engine))


def settles(connections: Callable[[], int], number: int) -> None:
    """The server lets go of a connection a moment after its client."""
    wait_until(f"{number} connections", lambda: connections() == number)


def backend(database: SyncDatabase) -> int:
    """The server's process behind the next statement."""
    return int(database.all(text("SELECT pg_backend_pid()"), {})[0][0])


def end_backends(database: SyncDatabase) -> None:
    """End what the database has open, as a restart of the server does."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kept'"
    other = create_engine(database.engine.url)
    with other.connect() as connection:
        connection.execute(text(end))
    other.dispose()


def test_statements_share_a_connection_that_is_not_of_the_pool_of_bodies(connect: Connect) -> None:
    engine = connect(pool_size=1, max_overflow=0)
    database = kept(engine)
    with engine.connect() as body:
        own = body.execute(text("SELECT pg_backend_pid()")).scalar_one()
        assert backend(database) == backend(kept(engine)) != own


def test_each_statement_is_committed_and_no_transaction_stays_open(connect: Connect) -> None:
    engine = connect()
    database = kept(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (pid int)"))
    database.all(text("INSERT INTO seen VALUES (pg_backend_pid()) RETURNING pid"), {})
    with engine.connect() as other:
        state = "SELECT state, xact_start FROM pg_stat_activity JOIN seen USING (pid)"
        assert other.execute(text(state)).one() == ("idle", None)


def test_what_lay_idle_is_looked_after_by_its_pool(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    database = kept(connect(pool_pre_ping=True))
    first = backend(database)
    end_backends(database)
    monkeypatch.setattr(statements, "FRESH", -1.0)
    assert backend(database) != first


def test_a_broken_connection_costs_one_statement(connect: Connect) -> None:
    database = kept(connect())
    first = backend(database)
    end_backends(database)
    with pytest.raises(DBAPIError) as raised:
        backend(database)
    assert raised.value.connection_invalidated
    assert backend(database) != first


def test_a_statement_that_fails_leaves_the_connection_as_it_was(
    connect: Connect, connections: Callable[[], int]
) -> None:
    database = kept(connect())
    first = backend(database)
    with pytest.raises(DBAPIError):
        database.all(text("SELECT 1 / 0"), {})
    assert backend(database) == first
    assert connections() == 1


def test_disposing_of_the_engine_closes_them(connect: Connect, connections: Callable[[], int]) -> None:
    engine = connect()
    database = kept(engine)
    backend(database)
    assert connections() == 1
    engine.dispose()
    settles(connections, 0)
    backend(database)
    database.close()
    settles(connections, 0)


def test_one_in_use_meanwhile_is_closed_after_its_statement(
    connect: Connect, connections: Callable[[], int]
) -> None:
    engine = connect()
    database = kept(engine)
    backend(database)
    working = threading.Thread(target=lambda: database.all(text("SELECT pg_sleep(0.5)"), {}))
    working.start()
    watcher = create_engine(engine.url, poolclass=NullPool)
    with watcher.connect() as watching:
        asleep = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        wait_until("the statement to run", lambda: bool(watching.execute(asleep).scalar_one()))
    engine.dispose()
    working.join()
    settles(connections, 0)


def test_what_nobody_has_any_more_is_closed(connect: Connect, connections: Callable[[], int]) -> None:
    database = kept(connect())
    backend(database)
    assert connections() == 1
    del database
    gc.collect()
    settles(connections, 0)


def test_listeners_on_the_engine_hear_of_them(connect: Connect) -> None:
    engine = connect()
    database = kept(engine)
    backend(database)
    heard: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    backend(database)
    backend(database)
    assert heard == ["SELECT pg_backend_pid()"] * 2


def test_a_server_that_is_away_is_an_error_of_sqlalchemys(connect: Connect) -> None:
    engine = create_engine(connect().url.set(query={"host": "/nowhere"}))
    with pytest.raises(OperationalError):
        backend(kept(engine))


def test_without_a_pool_none_is_kept(connect: Connect, connections: Callable[[], int]) -> None:
    database = kept(connect(poolclass=NullPool))
    assert backend(database) != backend(database)
    settles(connections, 0)


def test_of_many_threads_statements_few_stay_open(connect: Connect, connections: Callable[[], int]) -> None:
    engine = connect(pool_size=2, max_overflow=10)
    database = kept(engine)
    all_at_once = threading.Barrier(10)

    def work() -> None:
        all_at_once.wait()
        for _ in range(5):
            database.all(text("SELECT pg_sleep(0.01)"), {})

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Those kept, and those in the pool behind them.
    wait_until("the others to close", lambda: connections() <= MOST_KEPT + 2)


def test_the_heartbeat_shares_them(connect: Connect, connections: Callable[[], int]) -> None:
    database = kept(connect())
    apart = database.apart()
    assert backend(database) == backend(apart)
    assert connections() == 1


def test_a_forked_child_neither_uses_nor_closes_the_parents(connect: Connect) -> None:
    database = kept(connect())
    before = backend(database)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, str(backend(database)).encode())
            gc.collect()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert int(answer.read()) != before
    assert backend(database) == before
