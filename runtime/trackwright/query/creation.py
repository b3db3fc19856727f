"""Statements that insert rows: executed with a row's values, or with those of many rows that have the same columns.

They are kept, so that SQLAlchemy compiles each once for a set of columns and does not look at it again.
"""

from typing import Any

from sqlalchemy import ColumnElement, Float, Insert, Table, insert, literal, literal_column
from sqlalchemy.sql.dml import ReturningInsert

from trackwright.clock import clock_plus
from trackwright.dispatch import RESEND_AFTER
from trackwright.model import table_of
from trackwright.query.basis import Model, per_model

_CONSTANT = frozenset({"status", "attempts", "max_attempts"})


@per_model
def create(model: Model, given: frozenset[str]) -> ReturningInsert[Any]:
    """Insert rows that give these columns, as they are. Returns their ids, in order."""
    table = table_of(model)
    return _with_constants(table, given).returning(table.c.id, sort_by_parameter_order=True)


@per_model
def create_ready(model: Model, given: frozenset[str]) -> ReturningInsert[Any]:
    """The same for rows whose message is about to be sent: the sweep sends it should it be lost."""
    table = table_of(model)
    ready = _with_constants(table, given).values(dispatch_at=clock_plus(literal(RESEND_AFTER, Float())))
    return ready.returning(table.c.id, sort_by_parameter_order=True)


def _with_constants(table: Table, given: frozenset[str]) -> Insert:
    """What is the same in all rows stands in the statement: in bulk, a driver's time goes by parameters."""
    constants: dict[str, ColumnElement[Any]] = {}
    for name in _CONSTANT - given:
        default: Any = table.c[name].default
        if default is not None and type(default.arg) in {int, str}:
            constants[name] = literal_column(repr(default.arg), table.c[name].type)
    return insert(table).values(constants)
