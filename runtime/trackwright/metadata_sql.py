"""Expressions on the metadata column, spelled for PostgreSQL (JSONB) and SQLite (JSON text)."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, bindparam, cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON

TRAIL_LENGTH = 20
"""How many past attempts a row remembers; the oldest go first."""

_SQLITE_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"


class TrailAppended(FunctionElement[Any]):
    """The metadata with one more entry in its failure trail: attempt, outcome, error, start and end."""

    type = JSON()
    inherit_cache = True
    name = "trail_appended"


class CancelNoted(FunctionElement[Any]):
    """The metadata with a cancel request: reason, actor, moment."""

    type = JSON()
    inherit_cache = True
    name = "cancel_noted"


class CancelRequested(FunctionElement[bool]):
    """Whether somebody asked for the row's cancellation."""

    type = Boolean()
    inherit_cache = True
    name = "cancel_requested"


def trail_appended(columns: Any, *, outcome: str, error: ColumnElement[str]) -> TrailAppended:
    """Append the present attempt to the trail of a row; `columns` are the table's."""
    return TrailAppended(
        columns.metadata, columns.attempts, columns.started_at, cast(bindparam(None, outcome), Text()), error
    )


def _parts(element: FunctionElement[Any], compiler: Any, options: Any) -> list[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(TrailAppended)
def _postgresql_trail(element: TrailAppended, compiler: Any, **options: Any) -> str:
    metadata, attempts, started_at, outcome, error = _parts(element, compiler, options)
    trail = f"COALESCE({metadata} -> 'trail', '[]'::jsonb)"
    kept = f"CASE WHEN jsonb_array_length({trail}) >= {TRAIL_LENGTH} THEN {trail} - 0 ELSE {trail} END"
    entry = (
        f"jsonb_build_object('attempt', {attempts}, 'outcome', {outcome}, 'error', {error}, "
        f"'started_at', {started_at}, 'ended_at', clock_timestamp())"
    )
    return f"jsonb_set({metadata}, '{{trail}}', ({kept}) || jsonb_build_array({entry}))"


@compiles(TrailAppended, "sqlite")
def _sqlite_trail(element: TrailAppended, compiler: Any, **options: Any) -> str:
    metadata, attempts, started_at, outcome, error = _parts(element, compiler, options)
    kept = (
        f"CASE WHEN json_array_length({metadata}, '$.trail') >= {TRAIL_LENGTH} "
        f"THEN json_remove({metadata}, '$.trail[0]') ELSE {metadata} END"
    )
    entry = (
        f"json_object('attempt', {attempts}, 'outcome', {outcome}, 'error', {error}, "
        f"'started_at', replace({started_at}, ' ', 'T') || 'Z', 'ended_at', {_SQLITE_NOW})"
    )
    started = f"json_insert({kept}, '$.trail', json_array())"
    return f"json_insert({started}, '$.trail[#]', {entry})"


@compiles(CancelNoted)
def _postgresql_cancel(element: CancelNoted, compiler: Any, **options: Any) -> str:
    metadata, reason, actor = _parts(element, compiler, options)
    request = f"jsonb_build_object('reason', {reason}, 'by', {actor}, 'at', clock_timestamp())"
    return f"jsonb_set({metadata}, '{{cancel}}', {request})"


@compiles(CancelNoted, "sqlite")
def _sqlite_cancel(element: CancelNoted, compiler: Any, **options: Any) -> str:
    metadata, reason, actor = _parts(element, compiler, options)
    return (
        f"json_set({metadata}, '$.cancel', "
        f"json_object('reason', {reason}, 'by', {actor}, 'at', {_SQLITE_NOW}))"
    )


@compiles(CancelRequested)
def _postgresql_requested(element: CancelRequested, compiler: Any, **options: Any) -> str:
    return f"({_parts(element, compiler, options)[0]} -> 'cancel') IS NOT NULL"


@compiles(CancelRequested, "sqlite")
def _sqlite_requested(element: CancelRequested, compiler: Any, **options: Any) -> str:
    return f"json_type({_parts(element, compiler, options)[0]}, '$.cancel') IS NOT NULL"
