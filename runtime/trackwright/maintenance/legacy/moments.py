"""Moments as legacy tables have them: without a time zone, as texts, as seconds since 1970. All are in UTC then."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from trackwright.column_types import UtcDateTime

_EXACT = "'????-??-?? ??:??:??.??????'"
"""How SQLite's driver writes a moment, to the microsecond; its own functions know milliseconds."""


class Moment(FunctionElement[Any]):
    """A moment without a time zone, which is UTC, as the tracking table stores one."""

    type = UtcDateTime()
    inherit_cache = True
    name = "moment"


class WrittenMoment(FunctionElement[Any]):
    """A moment that is a text: in UTC where it names no zone. One that is none is refused by PostgreSQL."""

    type = UtcDateTime()
    inherit_cache = True
    name = "written_moment"


class Seconds(FunctionElement[Any]):
    """A moment that is a number of seconds since 1970."""

    type = UtcDateTime()
    inherit_cache = True
    name = "seconds"


def _clause(element: FunctionElement[Any], compiler: Any, options: Any) -> str:
    text: str = compiler.process(element.clauses, **options)
    return text


@compiles(Moment)
def _postgresql_moment(element: Moment, compiler: Any, **options: Any) -> str:
    # A date too, which would else be midnight in the session's time zone.
    return f"timezone('UTC', CAST({_clause(element, compiler, options)} AS timestamp))"


@compiles(Moment, "sqlite")
@compiles(WrittenMoment, "sqlite")
def _sqlite_moment(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    moment = _clause(element, compiler, options)
    return (
        f"CASE WHEN {moment} GLOB {_EXACT} THEN {moment} ELSE strftime('%Y-%m-%d %H:%M:%f000', {moment}) END"
    )


@compiles(WrittenMoment)
def _postgresql_written(element: WrittenMoment, compiler: Any, **options: Any) -> str:
    text = _clause(element, compiler, options)
    # Behind a time of day, so that the end of a date is no zone.
    zone = "':.*([Zz]|[+-][0-9]{2}(:?[0-9]{2})?) *$'"
    zoned, bare = f"CAST({text} AS timestamptz)", f"timezone('UTC', CAST({text} AS timestamp))"
    return f"CASE WHEN {text} ~ {zone} THEN {zoned} ELSE {bare} END"


@compiles(Seconds)
def _postgresql_seconds(element: Seconds, compiler: Any, **options: Any) -> str:
    return f"to_timestamp({_clause(element, compiler, options)})"


@compiles(Seconds, "sqlite")
def _sqlite_seconds(element: Seconds, compiler: Any, **options: Any) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%f000', {_clause(element, compiler, options)}, 'unixepoch')"
