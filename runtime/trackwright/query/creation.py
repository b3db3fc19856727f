"""Statements that insert rows: executed with a row's values, or with those of many rows that have the same columns.

They are kept, so that SQLAlchemy compiles each once for a set of columns and does not look at it again.
"""

from typing import Any

from sqlalchemy import Float, insert, literal
from sqlalchemy.sql.dml import ReturningInsert

from trackwright.clock import clock_plus
from trackwright.dispatch import RESEND_AFTER
from trackwright.model import table_of
from trackwright.query.basis import Model, per_model


@per_model
def create(model: Model) -> ReturningInsert[Any]:
    """Insert rows as they are. Returns their ids, in order."""
    table = table_of(model)
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)


@per_model
def create_ready(model: Model) -> ReturningInsert[Any]:
    """The same for rows whose message is about to be sent: the sweep sends it should it be lost."""
    table = table_of(model)
    ready = insert(table).values(dispatch_at=clock_plus(literal(RESEND_AFTER, Float())))
    return ready.returning(table.c.id, sort_by_parameter_order=True)
