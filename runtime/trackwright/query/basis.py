"""What every statement is made of: parameters, the row by its key, the status hidden or shown."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar
from typing import cast as type_as

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Text,
    Update,
    and_,
    bindparam,
    cast,
    inspect,
    literal_column,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine

from trackwright.clock import clock
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


def text_parameter(name: str) -> ColumnElement[str]:
    # Cast, because in a polymorphic function PostgreSQL could not tell the parameter's type.
    return cast(parameter(name, Text()), Text())


def literal_status(*statuses: TrackingStatus) -> list[ColumnElement[str]]:
    """Status values as literals of the statement's text."""
    return [literal_column(f"'{status.value}'") for status in statuses]


def has_status(model: Model, *statuses: TrackingStatus) -> ColumnElement[bool]:
    """One of the statuses, written so that lists use the index."""
    return and_(columns_of(model).status.in_(literal_status(*statuses)))


def change(model: Model) -> Update:
    """An UPDATE of the model's table."""
    statement: Update = update(table_of(model))
    return statement


def columns_of(model: Model) -> Any:
    return table_of(model).columns


def _from(operation: Operation, columns: Any) -> ColumnElement[bool]:
    hidden: ColumnElement[bool] = columns.status.in_(literal_status(*operation.sources)).is_(true())
    return hidden


def by_key(model: Model, operation: Operation, *, any_attempt: bool = False, **values: Any) -> Update:
    """The UPDATE of one row by one operation; fenced ones also match the attempt."""
    columns = columns_of(model)
    statement = update(table_of(model)).where(
        columns.id == parameter("tracking_id", BigInteger()), _from(operation, columns)
    )
    if operation.fenced and not any_attempt:
        statement = statement.where(columns.attempts == parameter("attempt", Integer()))
    return statement.values(status=operation.target.value, updated_at=clock(), **values)


def whole_row(model: Model, statement: Update) -> ReturningUpdate[Any]:
    return statement.returning(*_attributes(model))


def _attributes(model: Model) -> list[ColumnElement[Any]]:
    """Every column under its attribute's name: metadata is task_metadata."""
    return [attribute.columns[0].label(attribute.key) for attribute in inspect(model).column_attrs]


def lost_error() -> ColumnElement[str]:
    return cast(bindparam(None, LOST), Text())
