"""Statements that change many rows of one table by one JSON parameter; the table need not be mapped in this process.

Each locks its rows by id first, in a common table expression: as a subquery the planner might run it per row.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Executable,
    Float,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    select,
    table,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import JSON

from trackwright.clock import clock, clock_plus
from trackwright.column_types import UtcDateTime
from trackwright.dependency_sql import (
    EntryText,
    Listed,
    MetadataNumber,
    MetadataText,
    MetadataValue,
    WithEntries,
    WithNumber,
    WithoutKey,
    dependents,
    key,
    waiting_for,
)
from trackwright.metadata_sql import CancelNoted
from trackwright.query.basis import literal_status
from trackwright.status import ACTIVE

ACTOR = "dependencies"
"""Who cancelled a row whose prerequisite failed."""
BATCH = 250
"""Rows per statement: SQLite reads the whole batch for each of its rows (10,000 at once: 25 s, so: 1 s)."""
RESEND_WOKEN_AFTER = 30.0
"""Seconds after which the sweep sends a row that was set free by a process that may not know its task."""


@cache
def core_table(name: str) -> Any:
    """The core columns of a tracking table, by its full name."""
    schema, _, bare = name.rpartition(".")
    return table(
        bare,
        column("id", BigInteger()),
        column("status", String()),
        column("updated_at", UtcDateTime()),
        column("completed_at", UtcDateTime()),
        column("scheduled_at", UtcDateTime()),
        column("dispatch_at", UtcDateTime()),
        column("celery_task_id", String()),
        column("metadata", JSON()),
        schema=schema or None,
    )


def _batch() -> ColumnElement[Any]:
    return bindparam("batch", type_=Text())


@cache
def levels(name: str) -> Executable:
    """The levels of a batch's rows. Parameters: batch. Returns id, level."""
    columns = core_table(name).c
    level = func.coalesce(MetadataNumber(columns.metadata, key("level")), 0)
    return select(columns.id, level.label("level")).where(Listed(columns.id, _batch()))


@cache
def connect(name: str) -> ReturningUpdate[Any]:
    """Add each entry's `dependents` (while the row is active), `children` and `prerequisites` to its row.

    Parameters: batch. Returns id, status.
    """
    columns = core_table(name).c
    is_active = columns.status.in_(literal_status(*ACTIVE))
    metadata = WithEntries(columns.metadata, columns.id, _batch(), is_active)
    statement: ReturningUpdate[Any] = (
        _locked(name).values(metadata=metadata).returning(columns.id, columns.status)
    )
    return statement


@cache
def settle(name: str) -> ReturningUpdate[Any]:
    """Count ended prerequisites off the PENDING rows that wait for them; cancel those that a failure cancels.

    Parameters: batch of {"ended": how many, "reason": why, where one of them failed}. Returns id, status,
    waiting_for, celery_task_id, task, is_later, dependents.
    """
    columns = core_table(name).c
    reason = EntryText(columns.id, _batch(), key("reason"))
    policy = func.coalesce(MetadataText(columns.metadata, key("on_failure")), literal_column("'cancel'"))
    cancelled = and_(reason.is_not(None), policy != literal_column("'run'"))
    left = waiting_for(columns.metadata) - cast(EntryText(columns.id, _batch(), key("ended")), Integer())
    counted = case(
        (left > 0, WithNumber(columns.metadata, key("waiting_for"), left)),
        else_=WithoutKey(columns.metadata, key("waiting_for")),
    )
    to_cancelled: ColumnElement[str] = literal_column("'CANCELLED'")
    noted = CancelNoted(columns.metadata, cast(reason, Text()), cast(literal(ACTOR, Text()), Text()))
    statement: ReturningUpdate[Any] = (
        _locked(name)
        .where(
            (columns.status == literal_column("'PENDING'")).is_(true()),
            waiting_for(columns.metadata).is_not(None),
        )
        .values(
            status=case((cancelled, to_cancelled), else_=columns.status),
            completed_at=case((cancelled, clock()), else_=columns.completed_at),
            dispatch_at=case((and_(left <= 0, ~cancelled), _first_sending(columns)), else_=null()),
            updated_at=clock(),
            metadata=case((cancelled, noted), else_=counted),
        )
        .returning(
            columns.id,
            columns.status,
            waiting_for(columns.metadata).label("waiting_for"),
            columns.celery_task_id,
            MetadataValue(columns.metadata, key("dispatch")).label("dispatch"),
            func.coalesce(columns.scheduled_at > clock(), literal_column("false")).label("is_later"),
            dependents(columns.metadata),
        )
    )
    return statement


def _first_sending(columns: Any) -> ColumnElement[Any]:
    """When the sweep sends a row that is free now; NULL for rows that nobody enqueued."""
    soon = clock_plus(literal(RESEND_WOKEN_AFTER, Float()))
    moment = case((columns.scheduled_at > soon, columns.scheduled_at), else_=soon)
    return case((MetadataText(columns.metadata, key("dispatch")).is_not(None), moment), else_=null())


@cache
def count_by_status(name: str) -> Executable:
    """How many of a batch's rows are in each status. Parameters: batch. Returns status, rows."""
    columns = core_table(name).c
    return (
        select(columns.status, func.count().label("rows"))
        .where(Listed(columns.id, _batch()))
        .group_by(columns.status)
    )


def _locked(name: str) -> Any:
    rows = core_table(name)
    locked = (
        select(rows.c.id)
        .where(Listed(rows.c.id, _batch()))
        .order_by(rows.c.id)
        .with_for_update()
        .cte("locked")
    )
    return update(rows).where(rows.c.id.in_(select(locked.c.id)))


def batches(entries: Mapping[int, Any]) -> Iterator[dict[str, str]]:
    """Entries by row id as the parameters of statements, some hundred rows each, in the order of locking."""
    ordered = sorted(entries.items())
    for start in range(0, len(ordered), BATCH):
        part = ordered[start : start + BATCH]
        yield {"batch": json.dumps({str(tracking_id): entry for tracking_id, entry in part})}
