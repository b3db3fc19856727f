"""SQL expressions that PostgreSQL and SQLite spell differently: the database's clock."""

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from trackwright.column_types import UtcDateTime

_SQLITE_FORMAT = "'%Y-%m-%d %H:%M:%f000'"


class Clock(FunctionElement[Any]):
    """The database's wall clock now, plus a number of seconds where one is given.

    Not now(): inside one transaction that stands still, and a body's duration would be nothing.
    """

    type = UtcDateTime()
    inherit_cache = True
    name = "clock"


def clock() -> Clock:
    """The moment the statement runs."""
    return Clock()


def clock_plus(seconds: ColumnElement[float]) -> Clock:
    """A moment some seconds ahead; NULL seconds give NULL."""
    return Clock(seconds)


class StatementClock(Clock):
    """The same as a condition of a list: it stands still within one statement, so that an index serves it."""

    inherit_cache = True
    name = "statement_clock"


def statement_clock(seconds: ColumnElement[float] | None = None) -> StatementClock:
    """The moment the statement began, plus a number of seconds where one is given."""
    return StatementClock() if seconds is None else StatementClock(seconds)


class CreationClock(Clock):
    """When a row is created: the transaction's time, in the one format that all SQLite moments have.

    SQLite's CURRENT_TIMESTAMP has no fraction, and as text would compare unlike the same moment bound by Python.
    """

    inherit_cache = True
    name = "creation_clock"


@compiles(Clock)
def _postgresql_clock(element: Clock, compiler: Any, **options: Any) -> str:
    if not len(element.clauses):
        return "clock_timestamp()"
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)}))"


@compiles(StatementClock)
def _postgresql_statement(element: StatementClock, compiler: Any, **options: Any) -> str:
    if not len(element.clauses):
        return "statement_timestamp()"
    return f"(statement_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)}))"


@compiles(CreationClock)
def _postgresql_creation(_: CreationClock, compiler: Any, **options: Any) -> str:
    del compiler, options
    return "CURRENT_TIMESTAMP"


@compiles(CreationClock, "sqlite")
@compiles(StatementClock, "sqlite")
@compiles(Clock, "sqlite")
def _sqlite_clock(element: Clock, compiler: Any, **options: Any) -> str:
    if not len(element.clauses):
        return f"strftime({_SQLITE_FORMAT}, 'now')"
    seconds = compiler.process(element.clauses, **options)
    return f"strftime({_SQLITE_FORMAT}, 'now', {seconds} || ' seconds')"


class NextSend(FunctionElement[Any]):
    """When a row's message is sent again: after as long as it has waited already, 5 minutes to 1 hour.

    So the gaps double, without a counter: neither moment that it counts from changes while the row waits.
    """

    type = UtcDateTime()
    inherit_cache = True
    name = "next_send"


def next_send(scheduled_at: Any, updated_at: Any) -> NextSend:
    """The moment of the next sending of a row that waits since `scheduled_at`, or since `updated_at`."""
    return NextSend(scheduled_at, updated_at)


@compiles(NextSend)
def _postgresql_next(element: NextSend, compiler: Any, **options: Any) -> str:
    moments = compiler.process(element.clauses, **options)
    waited = f"clock_timestamp() - COALESCE({moments})"
    return f"(clock_timestamp() + LEAST(interval '1 hour', GREATEST(interval '5 minutes', {waited})))"


@compiles(NextSend, "sqlite")
def _sqlite_next(element: NextSend, compiler: Any, **options: Any) -> str:
    moments = compiler.process(element.clauses, **options)
    waited = f"(julianday('now') - julianday(COALESCE({moments}))) * 86400"
    return f"strftime({_SQLITE_FORMAT}, 'now', MIN(3600, MAX(300, {waited})) || ' seconds')"


class SecondsBetween(FunctionElement[float]):
    """How many seconds lie between two moments; NULL where one of them is missing."""

    type = Float()
    inherit_cache = True
    name = "seconds_between"


def seconds_between(start: Any, end: Any) -> SecondsBetween:
    """Seconds from one moment to another."""
    return SecondsBetween(start, end)


@compiles(SecondsBetween)
def _postgresql_between(element: SecondsBetween, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM {end} - {start}) AS DOUBLE PRECISION)"


@compiles(SecondsBetween, "sqlite")
def _sqlite_between(element: SecondsBetween, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"
