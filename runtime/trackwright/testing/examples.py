"""Made-up values for the required columns of a model, by their types."""

import datetime as dt
import uuid
from collections.abc import Callable, Container
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, types
from sqlalchemy.dialects import postgresql

from trackwright.core_columns import CORE_COLUMNS
from trackwright.model import TaskTrackingMixin, table_of

_START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def examples_for(model: type[TaskTrackingMixin], number: int, *, given: Container[str]) -> dict[str, Any]:
    """Values by attribute for the columns that an INSERT cannot do without; others for another number.

    Raises:
        TypeError: a column of a type for which there is no rule here.
    """
    columns: Any = inspect(model).columns
    return {
        name: _example(model, column, number)
        for name, column in columns.items()
        if name not in given and column.name not in CORE_COLUMNS and _is_needed(column)
    }


def _is_needed(column: Any) -> bool:
    provided = column.nullable or column.default is not None or column.server_default is not None
    return not (provided or column.primary_key or column.computed or column.identity)


def _example(model: type[TaskTrackingMixin], column: Any, number: int) -> Any:
    # A TypeDecorator without a rule takes what the type below it takes, as far as anybody can know.
    for kind in (column.type, getattr(column.type, "impl", None)):
        for type_, make in _RULES:
            if isinstance(kind, type_):
                return make(column, kind, number)
    message = (
        f"{table_of(model).name}.{column.name} is {column.type!r}: nothing can be made up for it. "
        f"Give a value: tracking_factory({model.__name__}, {column.key}=...)"
    )
    raise TypeError(message)


def _text(column: Any, kind: Any, number: int) -> str:
    tail = str(number)
    return f"{column.name}-{tail}"[: kind.length] if _fits(column, kind, tail) else tail.zfill(kind.length)


def _fits(column: Any, kind: Any, tail: str) -> bool:
    return kind.length is None or len(column.name) + 1 + len(tail) <= kind.length


def _choice(column: Any, kind: Any, number: int) -> Any:
    del column
    choices = list(kind.enum_class) if kind.enum_class else kind.enums
    return choices[(number - 1) % len(choices)]


def _json(column: Any, kind: Any, number: int) -> Any:
    # Arrays are JSON on SQLite and ARRAY on PostgreSQL: both take an empty list, whatever its items are.
    del kind
    dialect: Any = postgresql.dialect  # its constructor has no types
    on_postgresql = column.type.dialect_impl(dialect())
    return [] if isinstance(on_postgresql, types.ARRAY) else {"number": number}


def _decimal(column: Any, kind: Any, number: int) -> Any:
    del column
    return Decimal(number) if kind.asdecimal else float(number)


_RULES: tuple[tuple[type[Any], Callable[[Any, Any, int], Any]], ...] = (
    (types.Enum, _choice),  # before text, whose kind it is
    (types.String, _text),
    (types.Boolean, lambda _c, _k, number: number % 2 == 1),
    (types.Integer, lambda _c, _k, number: number),
    (types.Float, _decimal),  # no kind of Numeric since SQLAlchemy 2.1
    (types.Numeric, _decimal),
    (types.DateTime, lambda _c, _k, number: _START + dt.timedelta(days=number)),
    (types.Date, lambda _c, _k, number: _START.date() + dt.timedelta(days=number)),
    (types.Time, lambda _c, _k, number: dt.time(minute=number % 60)),
    (types.Interval, lambda _c, _k, number: dt.timedelta(seconds=number)),
    (types.Uuid, lambda _c, _k, number: uuid.UUID(int=number)),
    (types.LargeBinary, lambda _c, _k, number: str(number).encode()),
    (types.JSON, _json),
    (types.ARRAY, lambda _c, _k, _number: []),
)
