"""Statements that end an attempt or a row."""

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    case,
    func,
    literal_column,
    not_,
    null,
    true,
)
from sqlalchemy.sql.dml import ReturningUpdate

from trackwright import status as machine
from trackwright.clock import clock, clock_plus
from trackwright.dependency_sql import (
    WithNumber,
    WithoutKey,
    dependents,
    frees_dependents,
    has_dependents,
    key,
)
from trackwright.metadata_sql import CancelForgotten, CancelNoted, CancelRequested, trail_appended
from trackwright.query.basis import (
    Model,
    by_key,
    change,
    columns_of,
    literal_status,
    parameter,
    per_model,
    text_parameter,
    whole_row,
)


@per_model
def complete(model: Model, *, any_attempt: bool = False) -> ReturningUpdate[Any]:
    """PROCESSING -> COMPLETED. Parameters: tracking_id, attempt."""
    return by_key(
        model, machine.COMPLETE, any_attempt=any_attempt, completed_at=clock(), lease_until=null()
    ).returning(*_ended(model))


@per_model
def fail(model: Model, *, any_attempt: bool = False) -> ReturningUpdate[Any]:
    """PROCESSING -> FAILED. Parameters: tracking_id, attempt, error."""
    columns = columns_of(model)
    return by_key(
        model,
        machine.FAIL,
        any_attempt=any_attempt,
        completed_at=clock(),
        lease_until=null(),
        error_message=text_parameter("error"),
        metadata=trail_appended(columns, outcome="FAILED", error=text_parameter("error")),
    ).returning(*_ended(model))


@per_model
def fail_unless_cancelled(model: Model) -> ReturningUpdate[Any]:
    """The same, only where no cancel request stands. Parameters: tracking_id, attempt, error."""
    return fail(model).where(not_(CancelRequested(columns_of(model).metadata)))


@per_model
def reschedule(model: Model, *, any_attempt: bool = False) -> ReturningUpdate[Any]:
    """PROCESSING -> FAILED -> PENDING in one statement, while attempts remain and nobody asked to cancel.

    Parameters: tracking_id, attempt, error, delay and dispatch_delay (seconds).
    """
    columns = columns_of(model)
    return (
        by_key(
            model,
            machine.RESCHEDULE,
            any_attempt=any_attempt,
            scheduled_at=clock_plus(parameter("delay", Float())),
            dispatch_at=clock_plus(parameter("dispatch_delay", Float())),
            started_at=null(),
            completed_at=null(),
            lease_until=null(),
            error_message=text_parameter("error"),
            metadata=trail_appended(columns, outcome="FAILED", error=text_parameter("error")),
        )
        .where(columns.attempts < columns.max_attempts, not_(CancelRequested(columns.metadata)))
        .returning(columns.id)
    )


@per_model
def stop(model: Model, *, any_attempt: bool = False) -> ReturningUpdate[Any]:
    """PROCESSING -> CANCELLED, once the body has stopped. Parameters: tracking_id, attempt."""
    return by_key(
        model, machine.STOP, any_attempt=any_attempt, completed_at=clock(), lease_until=null()
    ).returning(*_ended(model))


@per_model
def stop_if_requested(model: Model) -> ReturningUpdate[Any]:
    """The same, only where a cancel request stands. Parameters: tracking_id, attempt."""
    return stop(model).where(CancelRequested(columns_of(model).metadata))


@per_model
def cancel(model: Model, *, cascade: bool = True) -> ReturningUpdate[Any]:
    """PENDING -> CANCELLED, or a cancel request on a PROCESSING row. Parameters: tracking_id, reason, actor.

    Without cascade the row frees those that wait for it, once it is CANCELLED. Returns the status after it.
    """
    columns = columns_of(model)
    cancelled: ColumnElement[str] = literal_column("'CANCELLED'")
    about = (columns.celery_task_id, columns.attempts)
    returned: list[ColumnElement[Any]] = [columns.status, *about, *_ended(model)]
    noted = CancelNoted(columns.metadata, text_parameter("reason"), text_parameter("actor"))
    metadata: Any = noted if cascade else WithNumber(noted, key("frees_dependents"), literal_column("1"))
    pending: ColumnElement[bool] = columns.status == literal_column("'PENDING'")
    return (
        change(model)
        .where(
            columns.id == parameter("tracking_id", BigInteger()),
            columns.status.in_(literal_status(*machine.ACTIVE)).is_(true()),
        )
        .values(
            status=case((pending, cancelled), else_=columns.status),
            completed_at=case((pending, clock()), else_=columns.completed_at),
            dispatch_at=null(),
            updated_at=clock(),
            metadata=metadata,
        )
        .returning(*returned)
    )


@per_model
def revoke(model: Model) -> ReturningUpdate[Any]:
    """PENDING -> CANCELLED, for the row's own message. Parameters: tracking_id, celery_task_id, reason, actor."""
    columns = columns_of(model)
    message = text_parameter("celery_task_id")
    noted = CancelNoted(columns.metadata, text_parameter("reason"), text_parameter("actor"))
    statement = by_key(model, machine.CANCEL, completed_at=clock(), dispatch_at=null(), metadata=noted)
    return statement.where(func.coalesce(columns.celery_task_id, message) == message).returning(
        *_ended(model)
    )


@per_model
def abandon(model: Model) -> ReturningUpdate[Any]:
    """PENDING or PROCESSING -> CANCELLED at once, by hand or when stale. Parameters: tracking_id, reason, actor."""
    columns = columns_of(model)
    noted = CancelNoted(columns.metadata, text_parameter("reason"), text_parameter("actor"))
    return by_key(
        model, machine.ABANDON, completed_at=clock(), lease_until=null(), dispatch_at=null(), metadata=noted
    ).returning(*_ended(model))


@per_model
def drop(model: Model) -> ReturningUpdate[Any]:
    """PROCESSING -> CANCELLED by the body itself. Parameters: tracking_id, attempt, reason, actor."""
    columns = columns_of(model)
    noted = CancelNoted(columns.metadata, text_parameter("reason"), text_parameter("actor"))
    return by_key(model, machine.STOP, completed_at=clock(), lease_until=null(), metadata=noted).returning(
        *_ended(model)
    )


@per_model
def retry(model: Model) -> ReturningUpdate[Any]:
    """FAILED -> PENDING by hand; max_attempts is raised where used up, an unmet cancel request forgotten.

    Parameters: tracking_id, dispatch_delay. Returns the whole row.
    """
    columns = columns_of(model)
    used_up = columns.attempts >= columns.max_attempts
    statement = by_key(
        model,
        machine.RETRY,
        max_attempts=case((used_up, columns.attempts + 1), else_=columns.max_attempts),
        scheduled_at=null(),
        dispatch_at=clock_plus(parameter("dispatch_delay", Float())),
        started_at=null(),
        completed_at=null(),
        metadata=_without_settled(CancelForgotten(columns.metadata)),
    )
    return whole_row(model, statement)


@cache
def alone(statement: ReturningUpdate[Any]) -> ReturningUpdate[Any]:
    """An ending of this module, only for a row that no other waits for: it needs no transaction."""
    return statement.where(not_(has_dependents(statement.table.c.metadata)))


def _ended(model: Model) -> list[ColumnElement[Any]]:
    columns = columns_of(model)
    return [columns.id, dependents(columns.metadata), frees_dependents(columns.metadata)]


def _without_settled(metadata: ColumnElement[Any]) -> ColumnElement[Any]:
    # Those that waited were settled when the row failed: another attempt has none to wake.
    return WithoutKey(WithoutKey(metadata, key("dependents")), key("frees_dependents"))
