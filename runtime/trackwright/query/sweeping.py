"""Statements of the sweep: each selects a batch, changes it and returns it, skipping what others hold.

Every one is safe from many places at once: the change is in the statement that selects (FOR UPDATE SKIP LOCKED).
"""

from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, Text, cast, func, literal, not_, null, select
from sqlalchemy.sql.dml import ReturningUpdate

from trackwright import status as machine
from trackwright.clock import clock, clock_plus, next_send, statement_clock
from trackwright.dependency_sql import dependents, frees_dependents
from trackwright.dispatch import RESEND_AFTER
from trackwright.metadata_sql import CancelNoted, CancelRequested, trail_appended
from trackwright.query.basis import (
    Model,
    change,
    columns_of,
    has_status,
    lost_error,
    parameter,
    per_model,
    text_parameter,
)
from trackwright.status import Operation, TrackingStatus


@per_model
def due(model: Model) -> ReturningUpdate[Any]:
    """PENDING rows whose message must be sent (again); dispatch_at moves ahead, 5 min doubling to 1 h.

    Parameters: batch. Returns id, celery_task_id, metadata.
    """
    columns = columns_of(model)
    batch = _batch(
        model,
        has_status(model, TrackingStatus.PENDING),
        columns.dispatch_at <= statement_clock(),
        order=columns.dispatch_at,
    )
    return (
        change(model)
        .where(columns.id.in_(batch), has_status(model, TrackingStatus.PENDING))
        .values(dispatch_at=next_send(columns.scheduled_at, columns.updated_at))
        .returning(*_message_columns(model))
    )


@per_model
def lost(model: Model) -> ReturningUpdate[Any]:
    """PROCESSING rows whose lease ran out, attempts left -> PENDING. Parameters: batch. Returns as `due`."""
    columns = columns_of(model)
    return _recovered(
        model,
        machine.RECOVER,
        columns.attempts < columns.max_attempts,
        not_(CancelRequested(columns.metadata)),
        outcome="LOST",
        error_message=lost_error(),
        started_at=null(),
        dispatch_at=clock_plus(literal(RESEND_AFTER, Float())),
    )


@per_model
def exhausted(model: Model) -> ReturningUpdate[Any]:
    """The same with attempts used up -> FAILED. Parameters: batch."""
    columns = columns_of(model)
    return _recovered(
        model,
        machine.EXHAUST,
        columns.attempts >= columns.max_attempts,
        not_(CancelRequested(columns.metadata)),
        outcome="FAILED",
        error_message=lost_error(),
        completed_at=clock(),
    )


@per_model
def reaped(model: Model) -> ReturningUpdate[Any]:
    """The same where somebody asked to cancel -> CANCELLED. Parameters: batch."""
    columns = columns_of(model)
    return _recovered(
        model, machine.ABANDON, CancelRequested(columns.metadata), outcome="CANCELLED", completed_at=clock()
    )


@per_model
def stale(model: Model) -> ReturningUpdate[Any]:
    """PROCESSING rows of a task that started too long ago -> CANCELLED.

    Parameters: batch, stale_after (seconds), task: its name, or "" for rows that name none.
    """
    columns = columns_of(model)
    batch = _batch(
        model,
        has_status(model, TrackingStatus.PROCESSING),
        func.coalesce(columns.metadata["dispatch"]["task"].as_string(), "") == text_parameter("task"),
        columns.started_at < statement_clock(-cast(parameter("stale_after", Float()), Float())),
        order=columns.started_at,
    )
    reason = literal("stale: it ran longer than its stale_after allows", Text())
    return (
        change(model)
        .where(columns.id.in_(batch), has_status(model, TrackingStatus.PROCESSING))
        .values(
            status=machine.ABANDON.target.value,
            completed_at=clock(),
            updated_at=clock(),
            lease_until=null(),
            metadata=CancelNoted(
                columns.metadata, cast(reason, Text()), cast(literal("sweep", Text()), Text())
            ),
        )
        .returning(*_ended_columns(model))
    )


def _recovered(
    model: Model, operation: Operation, *conditions: ColumnElement[bool], outcome: str, **values: Any
) -> ReturningUpdate[Any]:
    columns = columns_of(model)
    expired = (
        has_status(model, *operation.sources[-1:]),
        columns.lease_until < statement_clock(),
        *conditions,
    )
    batch = _batch(model, *expired, order=columns.started_at)
    return (
        change(model)
        .where(columns.id.in_(batch), *expired)
        .values(
            status=operation.target.value,
            updated_at=clock(),
            lease_until=null(),
            metadata=trail_appended(columns, outcome=outcome, error=lost_error()),
            **values,
        )
        .returning(*_ended_columns(model))
    )


def _batch(model: Model, *conditions: ColumnElement[bool], order: Any) -> Any:
    # A common table expression runs once; as a subquery the planner may run it again for each row, and the
    # limit would limit nothing.
    batch = (
        select(columns_of(model).id)
        .where(*conditions)
        .order_by(order)
        .limit(parameter("batch", Integer()))
        .with_for_update(skip_locked=True)
        .cte("batch")
    )
    return select(batch.c.id)


def _message_columns(model: Model) -> list[ColumnElement[Any]]:
    columns = columns_of(model)
    return [columns.id, columns.celery_task_id, columns.metadata]


def _ended_columns(model: Model) -> list[ColumnElement[Any]]:
    columns = columns_of(model)
    return [*_message_columns(model), dependents(columns.metadata), frees_dependents(columns.metadata)]
