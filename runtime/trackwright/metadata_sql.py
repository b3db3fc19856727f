"""Expressions on the metadata column, spelled for PostgreSQL (JSONB) and SQLite (JSON text).

Callers own the column too and may have put anything there: no value of theirs makes a statement fail. Metadata
that is no object is kept under `value`, a `trail` that is no list becomes the first entry of one.
"""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, bindparam, cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON

TRAIL_LENGTH = 20
"""How many past attempts a row remembers; the oldest go first."""
TRAIL_TEXT = 1_000
"""Characters of each one's error: every later statement of the row carries the trail with it."""

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


class CancelForgotten(FunctionElement[Any]):
    """The metadata without its cancel request."""

    type = JSON()
    inherit_cache = True
    name = "cancel_forgotten"


class CancelRequested(FunctionElement[bool]):
    """Whether somebody asked for the row's cancellation."""

    type = Boolean()
    inherit_cache = True
    name = "cancel_requested"


class DispatchNoted(FunctionElement[Any]):
    """The metadata with the task that runs the row, unless it names one: the sweep sends by it."""

    type = JSON()
    inherit_cache = True
    name = "dispatch_noted"


class ClaimNoted(FunctionElement[Any]):
    """The metadata, an object already, with the worker process that claimed the row: (metadata, worker)."""

    type = JSON()
    inherit_cache = True
    name = "claim_noted"


class ReportNoted(FunctionElement[Any]):
    """The metadata with how far the present attempt is: (metadata, attempt, done, total)."""

    type = JSON()
    inherit_cache = True
    name = "report_noted"


class ClaimedBy(FunctionElement[str]):
    """The worker process that claimed the row last; NULL where none did."""

    type = Text()
    inherit_cache = True
    name = "claimed_by"


def trail_appended(columns: Any, *, outcome: str, error: ColumnElement[str]) -> TrailAppended:
    """Append the present attempt to the trail of a row; `columns` are the table's."""
    return TrailAppended(
        columns.metadata, columns.attempts, columns.started_at, cast(bindparam(None, outcome), Text()), error
    )


def _parts(element: FunctionElement[Any], compiler: Any, options: Any) -> list[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


def _postgresql_object(metadata: str) -> str:
    return (
        f"CASE jsonb_typeof({metadata}) WHEN 'object' THEN {metadata} WHEN 'null' THEN '{{}}'::jsonb "
        f"ELSE jsonb_build_object('value', {metadata}) END"
    )


def _sqlite_object(metadata: str) -> str:
    return (
        f"CASE json_type({metadata}) WHEN 'object' THEN {metadata} WHEN 'null' THEN '{{}}' "
        f"ELSE json_object('value', json({metadata})) END"
    )


@compiles(TrailAppended)
def _postgresql_trail(element: TrailAppended, compiler: Any, **options: Any) -> str:
    metadata, attempts, started_at, outcome, error = _parts(element, compiler, options)
    kept = f"jsonb_path_query_array({metadata}, 'lax $.trail[last - {TRAIL_LENGTH - 2} to last]')"
    entry = (
        f"jsonb_build_object('attempt', {attempts}, 'outcome', {outcome}, 'error', left({error}, {TRAIL_TEXT}), "
        f"'started_at', {started_at}, 'ended_at', clock_timestamp())"
    )
    return f"jsonb_set({_postgresql_object(metadata)}, '{{trail}}', {kept} || jsonb_build_array({entry}))"


@compiles(TrailAppended, "sqlite")
def _sqlite_trail(element: TrailAppended, compiler: Any, **options: Any) -> str:
    metadata, attempts, started_at, outcome, error = _parts(element, compiler, options)
    kept = (
        f"CASE WHEN json_type({metadata}, '$.trail') IS NULL "
        f"THEN json_set({_sqlite_object(metadata)}, '$.trail', json_array()) "
        f"WHEN json_type({metadata}, '$.trail') <> 'array' "
        f"THEN json_set({metadata}, '$.trail', json_array(json_extract({metadata}, '$.trail'))) "
        f"WHEN json_array_length({metadata}, '$.trail') >= {TRAIL_LENGTH} "
        f"THEN json_remove({metadata}, '$.trail[0]') ELSE {metadata} END"
    )
    entry = (
        f"json_object('attempt', {attempts}, 'outcome', {outcome}, 'error', substr({error}, 1, {TRAIL_TEXT}), "
        f"'started_at', replace({started_at}, ' ', 'T') || 'Z', 'ended_at', {_SQLITE_NOW})"
    )
    return f"json_insert({kept}, '$.trail[#]', {entry})"


@compiles(CancelNoted)
def _postgresql_cancel(element: CancelNoted, compiler: Any, **options: Any) -> str:
    metadata, reason, actor = _parts(element, compiler, options)
    request = f"jsonb_build_object('reason', {reason}, 'by', {actor}, 'at', clock_timestamp())"
    return f"jsonb_set({_postgresql_object(metadata)}, '{{cancel}}', {request})"


@compiles(CancelNoted, "sqlite")
def _sqlite_cancel(element: CancelNoted, compiler: Any, **options: Any) -> str:
    metadata, reason, actor = _parts(element, compiler, options)
    return (
        f"json_set({_sqlite_object(metadata)}, '$.cancel', "
        f"json_object('reason', {reason}, 'by', {actor}, 'at', {_SQLITE_NOW}))"
    )


@compiles(CancelForgotten)
def _postgresql_forgotten(element: CancelForgotten, compiler: Any, **options: Any) -> str:
    (metadata,) = _parts(element, compiler, options)
    asked = f"jsonb_typeof({metadata} -> 'cancel') = 'object'"
    return f"CASE WHEN {asked} THEN {metadata} - 'cancel' ELSE {metadata} END"


@compiles(CancelForgotten, "sqlite")
def _sqlite_forgotten(element: CancelForgotten, compiler: Any, **options: Any) -> str:
    (metadata,) = _parts(element, compiler, options)
    asked = f"json_type({metadata}, '$.cancel') IS 'object'"
    return f"CASE WHEN {asked} THEN json_remove({metadata}, '$.cancel') ELSE {metadata} END"


@compiles(CancelRequested)
def _postgresql_requested(element: CancelRequested, compiler: Any, **options: Any) -> str:
    return f"((jsonb_typeof({_parts(element, compiler, options)[0]} -> 'cancel') = 'object') IS TRUE)"


@compiles(CancelRequested, "sqlite")
def _sqlite_requested(element: CancelRequested, compiler: Any, **options: Any) -> str:
    return f"(json_type({_parts(element, compiler, options)[0]}, '$.cancel') IS 'object')"


@compiles(DispatchNoted)
def _postgresql_dispatch(element: DispatchNoted, compiler: Any, **options: Any) -> str:
    metadata, task = _parts(element, compiler, options)
    return (
        f"CASE WHEN jsonb_typeof({metadata} -> 'dispatch') = 'object' THEN {metadata} ELSE "
        f"jsonb_set({_postgresql_object(metadata)}, '{{dispatch}}', jsonb_build_object('task', {task})) END"
    )


@compiles(DispatchNoted, "sqlite")
def _sqlite_dispatch(element: DispatchNoted, compiler: Any, **options: Any) -> str:
    metadata, task = _parts(element, compiler, options)
    return (
        f"CASE WHEN json_type({metadata}, '$.dispatch') IS 'object' THEN {metadata} ELSE "
        f"json_set({_sqlite_object(metadata)}, '$.dispatch', json_object('task', {task})) END"
    )


@compiles(ClaimNoted)
def _postgresql_claim(element: ClaimNoted, compiler: Any, **options: Any) -> str:
    metadata, worker = _parts(element, compiler, options)
    return f"jsonb_set({metadata}, '{{claimed_by}}', to_jsonb({worker}))"


@compiles(ClaimNoted, "sqlite")
def _sqlite_claim(element: ClaimNoted, compiler: Any, **options: Any) -> str:
    metadata, worker = _parts(element, compiler, options)
    return f"json_set({metadata}, '$.claimed_by', {worker})"


@compiles(ReportNoted)
def _postgresql_report(element: ReportNoted, compiler: Any, **options: Any) -> str:
    metadata, attempt, done, total = _parts(element, compiler, options)
    report = (
        f"jsonb_build_object('attempt', {attempt}, 'done', {done}, 'total', {total}, 'at', clock_timestamp())"
    )
    return f"jsonb_set({_postgresql_object(metadata)}, '{{reported}}', {report})"


@compiles(ReportNoted, "sqlite")
def _sqlite_report(element: ReportNoted, compiler: Any, **options: Any) -> str:
    metadata, attempt, done, total = _parts(element, compiler, options)
    report = f"json_object('attempt', {attempt}, 'done', {done}, 'total', {total}, 'at', {_SQLITE_NOW})"
    return f"json_set({_sqlite_object(metadata)}, '$.reported', {report})"


@compiles(ClaimedBy)
def _postgresql_claimed_by(element: ClaimedBy, compiler: Any, **options: Any) -> str:
    return f"({_parts(element, compiler, options)[0]} ->> 'claimed_by')"


@compiles(ClaimedBy, "sqlite")
def _sqlite_claimed_by(element: ClaimedBy, compiler: Any, **options: Any) -> str:
    return f"json_extract({_parts(element, compiler, options)[0]}, '$.claimed_by')"
