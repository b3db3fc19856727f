"""Ending a row outside of a body's transaction, together with what waits for it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.sql.dml import ReturningUpdate

from trackwright import query
from trackwright.dependencies import ended, settle
from trackwright.dispatch import Message, send
from trackwright.jobs.database import Database
from trackwright.model import TaskTrackingMixin
from trackwright.status import TrackingStatus


@dataclass(frozen=True, slots=True)
class Ending:
    """A statement that ends a row, and the status that it gives."""

    status: TrackingStatus
    statement: ReturningUpdate[Any]


def end(
    database: Database, model: type[TaskTrackingMixin], ending: Ending, values: dict[str, Any]
) -> Row[Any] | None:
    """End a row and settle what waits for it, in one transaction; None when the statement found no row.

    A row that nothing waits for takes one statement and no transaction.
    """
    row = database.first(query.alone(ending.statement), values)
    if row is not None:
        return row
    row, messages = database.transact(lambda connection: _end(connection, model, ending, values))
    send(messages)
    return row


def _end(
    connection: Connection, model: type[TaskTrackingMixin], ending: Ending, values: dict[str, Any]
) -> tuple[Row[Any] | None, list[Message]]:
    row = connection.execute(ending.statement, values).first()
    if row is None:
        return None, []
    return row, settle(connection, [ended(model, row, ending.status)]).messages


def end_batch(
    database: Database, model: type[TaskTrackingMixin], ending: Ending, values: dict[str, Any]
) -> int:
    """The same for a statement that ends many rows; how many."""

    def work(connection: Connection) -> tuple[int, list[Message]]:
        rows = connection.execute(ending.statement, values).all()
        over = [ended(model, row, ending.status) for row in rows]
        return len(rows), settle(connection, over).messages

    number, messages = database.transact(work)
    send(messages)
    return number
