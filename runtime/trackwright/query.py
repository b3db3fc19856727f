"""Pure statements over one tracking table: each operation of the status machine is one conditional UPDATE.

Statements by primary key hide the status test from the indexes, `(status = ...) IS TRUE`: with stale statistics
the planner would otherwise walk the status index over a burst of new rows. Lists show the status as a literal:
a bound one under a generic plan cannot use a partial index.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar
from typing import cast as type_as

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Executable,
    Float,
    Integer,
    Text,
    Update,
    and_,
    bindparam,
    case,
    cast,
    inspect,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine

from trackwright import status as machine
from trackwright.clock import clock, clock_plus
from trackwright.metadata_sql import CancelNoted, CancelRequested, trail_appended
from trackwright.model import TaskTrackingMixin, table_of
from trackwright.status import Operation, TrackingStatus

Model = type[TaskTrackingMixin]
BuildT = TypeVar("BuildT", bound=Callable[..., Any])
LOST = "worker lost: the lease ran out while the task was running"


_PREFIX = "tw_"


def per_model(build: BuildT) -> BuildT:
    """Build a statement once for each model."""
    return type_as("BuildT", cache(build))


def parameter(name: str, type_: TypeEngine[Any]) -> BindParameter[Any]:
    """A bound parameter under a name of its own: one that equals a domain's column would also SET that column."""
    return bindparam(_PREFIX + name, type_=type_)


def parameters(**values: Any) -> dict[str, Any]:
    """Values for the parameters of a statement of this module."""
    return {_PREFIX + name: value for name, value in values.items()}


def _text(name: str) -> ColumnElement[str]:
    # Cast, because in a polymorphic function PostgreSQL could not tell the parameter's type.
    return cast(parameter(name, Text()), Text())


def literal_status(*statuses: TrackingStatus) -> list[ColumnElement[str]]:
    """Status values as literals of the statement's text."""
    return [literal_column(f"'{status.value}'") for status in statuses]


def _columns(model: Model) -> Any:
    return table_of(model).columns


def _from(operation: Operation, columns: Any) -> ColumnElement[bool]:
    hidden: ColumnElement[bool] = columns.status.in_(literal_status(*operation.sources)).is_(true())
    return hidden


def _by_key(model: Model, operation: Operation, *, any_attempt: bool = False, **values: Any) -> Update:
    """The UPDATE of one row by one operation; fenced ones also match the attempt."""
    columns = _columns(model)
    statement = update(table_of(model)).where(
        columns.id == parameter("tracking_id", BigInteger()), _from(operation, columns)
    )
    if operation.fenced and not any_attempt:
        statement = statement.where(columns.attempts == parameter("attempt", Integer()))
    return statement.values(status=operation.target.value, updated_at=clock(), **values)


def _whole_row(model: Model, statement: Update) -> ReturningUpdate[Any]:
    return statement.returning(*_attributes(model))


def _attributes(model: Model) -> list[ColumnElement[Any]]:
    """Every column under its attribute's name: metadata is task_metadata."""
    return [attribute.columns[0].label(attribute.key) for attribute in inspect(model).column_attrs]


@per_model
def claim(model: Model) -> ReturningUpdate[Any]:
    """PENDING and due -> PROCESSING. Parameters: tracking_id, lease (seconds). Returns the whole row."""
    columns = _columns(model)
    due = or_(columns.scheduled_at.is_(null()), columns.scheduled_at <= clock())
    statement = _by_key(
        model,
        machine.CLAIM,
        attempts=columns.attempts + 1,
        started_at=clock(),
        completed_at=null(),
        lease_until=clock_plus(parameter("lease", Float())),
        dispatch_at=null(),
    )
    return _whole_row(model, statement.where(due))


@per_model
def start(model: Model) -> ReturningUpdate[Any]:
    """A claim by hand: no lease, so nothing reaps it. Parameters: tracking_id."""
    columns = _columns(model)
    return _by_key(
        model,
        machine.CLAIM,
        attempts=columns.attempts + 1,
        started_at=clock(),
        completed_at=null(),
        lease_until=null(),
        dispatch_at=null(),
    ).returning(columns.id)


@per_model
def take_over(model: Model) -> ReturningUpdate[Any]:
    """PROCESSING under a lease that ran out -> a new attempt. Parameters: tracking_id, lease. Whole row."""
    columns = _columns(model)
    statement = _by_key(
        model,
        machine.TAKE_OVER,
        attempts=columns.attempts + 1,
        started_at=clock(),
        lease_until=clock_plus(parameter("lease", Float())),
        metadata=trail_appended(columns, outcome="LOST", error=_lost()),
    ).where(
        columns.lease_until < clock(),
        columns.attempts < columns.max_attempts,
        not_(CancelRequested(columns.metadata)),
    )
    return _whole_row(model, statement)


def _lost() -> ColumnElement[str]:
    return cast(bindparam(None, LOST), Text())


@per_model
def complete(model: Model, *, any_attempt: bool = False) -> ReturningUpdate[Any]:
    """PROCESSING -> COMPLETED. Parameters: tracking_id, attempt."""
    return _by_key(
        model, machine.COMPLETE, any_attempt=any_attempt, completed_at=clock(), lease_until=null()
    ).returning(_columns(model).id)


@per_model
def fail(model: Model, *, any_attempt: bool = False) -> ReturningUpdate[Any]:
    """PROCESSING -> FAILED. Parameters: tracking_id, attempt, error."""
    columns = _columns(model)
    return _by_key(
        model,
        machine.FAIL,
        any_attempt=any_attempt,
        completed_at=clock(),
        lease_until=null(),
        error_message=_text("error"),
        metadata=trail_appended(columns, outcome="FAILED", error=_text("error")),
    ).returning(columns.id)


@per_model
def reschedule(model: Model, *, any_attempt: bool = False) -> ReturningUpdate[Any]:
    """PROCESSING -> FAILED -> PENDING in one statement, while attempts remain and nobody asked to cancel.

    Parameters: tracking_id, attempt, error, delay and dispatch_delay (seconds).
    """
    columns = _columns(model)
    return (
        _by_key(
            model,
            machine.RESCHEDULE,
            any_attempt=any_attempt,
            scheduled_at=clock_plus(parameter("delay", Float())),
            dispatch_at=clock_plus(parameter("dispatch_delay", Float())),
            started_at=null(),
            completed_at=null(),
            lease_until=null(),
            error_message=_text("error"),
            metadata=trail_appended(columns, outcome="FAILED", error=_text("error")),
        )
        .where(columns.attempts < columns.max_attempts, not_(CancelRequested(columns.metadata)))
        .returning(columns.id)
    )


@per_model
def stop(model: Model, *, any_attempt: bool = False) -> ReturningUpdate[Any]:
    """PROCESSING -> CANCELLED, once the body has stopped. Parameters: tracking_id, attempt."""
    return _by_key(
        model, machine.STOP, any_attempt=any_attempt, completed_at=clock(), lease_until=null()
    ).returning(_columns(model).id)


@per_model
def stop_if_requested(model: Model) -> ReturningUpdate[Any]:
    """The same, only where a cancel request stands. Parameters: tracking_id, attempt."""
    return stop(model).where(CancelRequested(_columns(model).metadata))


@per_model
def cancel(model: Model) -> ReturningUpdate[Any]:
    """PENDING -> CANCELLED, or a cancel request on a PROCESSING row. Parameters: tracking_id, reason, actor.

    Returns the status after it.
    """
    columns = _columns(model)
    cancelled: ColumnElement[str] = literal_column("'CANCELLED'")
    pending: ColumnElement[bool] = columns.status == literal_column("'PENDING'")
    return (
        update(table_of(model))
        .where(
            columns.id == parameter("tracking_id", BigInteger()),
            columns.status.in_(literal_status(*machine.ACTIVE)).is_(true()),
        )
        .values(
            status=case((pending, cancelled), else_=columns.status),
            completed_at=case((pending, clock()), else_=columns.completed_at),
            dispatch_at=null(),
            updated_at=clock(),
            metadata=CancelNoted(columns.metadata, _text("reason"), _text("actor")),
        )
        .returning(columns.status)
    )


@per_model
def abandon(model: Model) -> ReturningUpdate[Any]:
    """PENDING or PROCESSING -> CANCELLED at once, by hand or when stale. Parameters: tracking_id, reason, actor."""
    columns = _columns(model)
    noted = CancelNoted(columns.metadata, _text("reason"), _text("actor"))
    return _by_key(
        model, machine.ABANDON, completed_at=clock(), lease_until=null(), dispatch_at=null(), metadata=noted
    ).returning(columns.id)


@per_model
def retry(model: Model) -> ReturningUpdate[Any]:
    """FAILED -> PENDING by hand; max_attempts is raised where used up. Parameters: tracking_id, dispatch_delay.

    Returns the whole row.
    """
    columns = _columns(model)
    used_up = columns.attempts >= columns.max_attempts
    statement = _by_key(
        model,
        machine.RETRY,
        max_attempts=case((used_up, columns.attempts + 1), else_=columns.max_attempts),
        scheduled_at=null(),
        dispatch_at=clock_plus(parameter("dispatch_delay", Float())),
        started_at=null(),
        completed_at=null(),
    )
    return _whole_row(model, statement)


@per_model
def renew(model: Model) -> ReturningUpdate[Any]:
    """Heartbeat of one claim. Parameters: tracking_id, attempt, lease. Returns whether cancelling was asked."""
    columns = _columns(model)
    return (
        update(table_of(model))
        .where(
            columns.id == parameter("tracking_id", BigInteger()),
            columns.attempts == parameter("attempt", Integer()),
            (columns.status == literal_column("'PROCESSING'")).is_(true()),
        )
        .values(lease_until=clock_plus(parameter("lease", Float())))
        .returning(CancelRequested(columns.metadata).label("cancel_requested"))
    )


@per_model
def claim_state(model: Model) -> Executable:
    """What stands in a claim's way. Parameters: tracking_id."""
    columns = _columns(model)
    return select(
        columns.status,
        columns.attempts,
        columns.max_attempts,
        columns.scheduled_at,
        columns.lease_until,
        CancelRequested(columns.metadata).label("cancel_requested"),
        clock().label("database_time"),
    ).where(columns.id == parameter("tracking_id", BigInteger()))


def has_status(model: Model, *statuses: TrackingStatus) -> ColumnElement[bool]:
    """One of the statuses, written so that lists use the index."""
    return and_(_columns(model).status.in_(literal_status(*statuses)))
