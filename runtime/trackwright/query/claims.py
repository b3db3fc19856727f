"""Statements that take a row for an attempt and keep it."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Executable,
    Float,
    Integer,
    cast,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from trackwright import status as machine
from trackwright.clock import clock, clock_plus
from trackwright.dependency_sql import waiting_for
from trackwright.metadata_sql import (
    CancelRequested,
    ClaimedBy,
    ClaimNoted,
    DispatchNoted,
    ReportNoted,
    trail_appended,
)
from trackwright.model import table_of
from trackwright.query.basis import (
    Model,
    by_key,
    change,
    columns_of,
    lost_error,
    parameter,
    per_model,
    text_parameter,
    whole_row,
)
from trackwright.query.durability import CommittedLater


@per_model
def claim(model: Model) -> ReturningUpdate[Any]:
    """PENDING, due and waiting for nothing -> PROCESSING. Returns the whole row.

    Parameters: tracking_id, lease (seconds), task, celery_task_id, worker. Task and message id are for rows that
    were created without `enqueue`: the sweep sends by them. `worker` is the process that will run the body.
    """
    columns = columns_of(model)
    due = or_(columns.scheduled_at.is_(null()), columns.scheduled_at <= clock())
    free = waiting_for(columns.metadata).is_(null())
    statement = by_key(
        model,
        machine.CLAIM,
        attempts=columns.attempts + 1,
        started_at=clock(),
        completed_at=null(),
        lease_until=clock_plus(parameter("lease", Float())),
        dispatch_at=null(),
        celery_task_id=func.coalesce(columns.celery_task_id, text_parameter("celery_task_id")),
        metadata=ClaimNoted(
            DispatchNoted(columns.metadata, text_parameter("task")), text_parameter("worker")
        ),
    )
    return whole_row(model, statement.where(due, free, CommittedLater()))


@per_model
def start(model: Model) -> ReturningUpdate[Any]:
    """A claim by hand: no lease, so nothing reaps it. Parameters: tracking_id."""
    columns = columns_of(model)
    statement = by_key(
        model,
        machine.CLAIM,
        attempts=columns.attempts + 1,
        started_at=clock(),
        completed_at=null(),
        lease_until=null(),
        dispatch_at=null(),
    )
    return statement.where(waiting_for(columns.metadata).is_(null())).returning(columns.id)


@per_model
def take_over(model: Model) -> ReturningUpdate[Any]:
    """PROCESSING under a lease that ran out -> a new attempt. Parameters: tracking_id, lease, worker.

    Returns the whole row.
    """
    columns = columns_of(model)
    statement = by_key(
        model,
        machine.TAKE_OVER,
        attempts=columns.attempts + 1,
        started_at=clock(),
        lease_until=clock_plus(parameter("lease", Float())),
        metadata=ClaimNoted(
            trail_appended(columns, outcome="LOST", error=lost_error()), text_parameter("worker")
        ),
    ).where(
        columns.lease_until < clock(),
        columns.attempts < columns.max_attempts,
        not_(CancelRequested(columns.metadata)),
        CommittedLater(),
    )
    return whole_row(model, statement)


@per_model
def reclaim(model: Model) -> ReturningUpdate[Any]:
    """A claim of this worker process whose answer it never got. Parameters: tracking_id, lease, worker.

    Returns the whole row. Only for who knows that no other thread of the process may hold it.
    """
    columns = columns_of(model)
    statement = change(model).where(
        columns.id == parameter("tracking_id", BigInteger()),
        (columns.status == literal_column("'PROCESSING'")).is_(true()),
        columns.lease_until.is_not(null()),
        ClaimedBy(columns.metadata) == text_parameter("worker"),
    )
    return whole_row(model, statement.values(lease_until=clock_plus(parameter("lease", Float()))))


@per_model
def renew(model: Model) -> ReturningUpdate[Any]:
    """Keep one claim. Parameters: tracking_id, attempt, lease. Returns whether cancelling was asked.

    It never waits: a body that has written to its own row holds its lock until it commits, and would wait for
    itself. No row back means lost or locked; `claim_state` tells which.
    """
    columns = columns_of(model)
    held = (
        select(columns.id)
        .where(
            columns.id == parameter("tracking_id", BigInteger()),
            columns.attempts == parameter("attempt", Integer()),
            (columns.status == literal_column("'PROCESSING'")).is_(true()),
        )
        .with_for_update(skip_locked=True, key_share=True)
        .scalar_subquery()
    )
    return (
        update(table_of(model))
        .where(columns.id == held)
        .values(lease_until=clock_plus(parameter("lease", Float())))
        .returning(CancelRequested(columns.metadata).label("cancel_requested"))
    )


@per_model
def report(model: Model) -> ReturningUpdate[Any]:
    """The same, and note how far the body is. Parameters: those of `renew`, done, total (or None)."""
    columns = columns_of(model)
    numbers = (cast(parameter(name, BigInteger()), BigInteger()) for name in ("done", "total"))
    return renew(model).values(metadata=ReportNoted(columns.metadata, columns.attempts, *numbers))


@per_model
def held_by(model: Model) -> Executable:
    """The attempt that a worker process holds on a row, if it does. Parameters: tracking_id, worker."""
    columns = columns_of(model)
    return select(columns.attempts).where(
        columns.id == parameter("tracking_id", BigInteger()),
        (columns.status == literal_column("'PROCESSING'")).is_(true()),
        columns.lease_until.is_not(null()),
        ClaimedBy(columns.metadata) == text_parameter("worker"),
    )


@per_model
def attempt_state(model: Model) -> Executable:
    """What the row says of its last attempt. Parameters: tracking_id. Returns status, attempts, metadata."""
    columns = columns_of(model)
    return select(columns.status, columns.attempts, columns.metadata).where(
        columns.id == parameter("tracking_id", BigInteger())
    )


@per_model
def claim_state(model: Model) -> Executable:
    """What stands in a claim's way. Parameters: tracking_id."""
    columns = columns_of(model)
    return select(
        columns.status,
        columns.attempts,
        columns.max_attempts,
        columns.scheduled_at,
        columns.dispatch_at,
        columns.lease_until,
        CancelRequested(columns.metadata).label("cancel_requested"),
        waiting_for(columns.metadata).label("waiting_for"),
        clock().label("database_time"),
    ).where(columns.id == parameter("tracking_id", BigInteger()))
