"""From a caller's fields to inserted rows: checked, with what their message is, in bulk."""

import uuid
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Float, insert, inspect, literal
from sqlalchemy.orm import Session

from trackwright.clock import clock_plus
from trackwright.dependency_sql import DEPENDENCY_KEYS
from trackwright.dispatch import RESEND_AFTER, Message, Sendable, send_after_commit
from trackwright.metadata_sql import METADATA_KEYS
from trackwright.model import TaskTrackingMixin, table_of

_MACHINE_OWNED = frozenset(
    {"id", "status", "attempts", "started_at", "completed_at", "error_message", "dispatch_at", "lease_until"}
)
Model = type[TaskTrackingMixin]
Values = dict[str, Any]


def checked(model: Model, fields: Mapping[str, Any]) -> Values:
    """The row's values by column; what is None is left to the column's default.

    Raises:
        TypeError: a field that the model does not have, or that only the status machine sets; a key of the
            metadata that only the runtime writes.
    """
    attributes = inspect(model).column_attrs
    known = {attribute.key: attribute.columns[0].key for attribute in attributes}
    unknown = sorted(name for name in fields if name not in known or name in _MACHINE_OWNED)
    if unknown:
        takes = ", ".join(sorted(known.keys() - _MACHINE_OWNED))
        message = f"{model.__name__} takes no {', '.join(unknown)}; it takes {takes}"
        raise TypeError(message)
    _refuse_our_keys(fields.get("task_metadata"))
    return {known[name]: value for name, value in fields.items() if value is not None}


def _refuse_our_keys(metadata: Any) -> None:
    if isinstance(metadata, Mapping):
        for key in sorted(name for name in METADATA_KEYS | DEPENDENCY_KEYS if name in metadata):
            message = f"metadata key {key!r} is trackwright's own; keep yours under another name"
            raise TypeError(message)


def outgoing(task: Sendable, row: Values) -> Values:
    """A row that says, for the sweep, what its message is."""
    return row | {
        "celery_task_id": row.get("celery_task_id") or str(uuid.uuid4()),
        "metadata": {**row.get("metadata", {}), "dispatch": {"task": task.name}},
    }


def is_for_later(row: Values) -> bool:
    """Whether the sweep sends the row's message, when it is due."""
    return row.get("scheduled_at") is not None


def insert_ready(session: Session, model: Model, rows: list[Values]) -> list[int]:
    """Insert rows that can be sent: all at once or all for later, whose dispatch_at is their scheduled_at."""
    if rows and is_for_later(rows[0]):
        return insert_rows(session, model, [row | {"dispatch_at": row["scheduled_at"]} for row in rows])
    return insert_rows(session, model, rows, dispatch_at=clock_plus(literal(RESEND_AFTER, Float())))


def send_ready(session: Session, task: Sendable, rows: Iterable[tuple[int, Values]]) -> None:
    """Send the messages of new rows after the commit, of those that are not for later."""
    for tracking_id, row in rows:
        if not is_for_later(row):
            send_after_commit(session, Message(task, tracking_id, row["celery_task_id"]))


def insert_rows(session: Session, model: Model, rows: list[Values], **shared: Any) -> list[int]:
    """Insert rows in bulk and give their ids in order."""
    session.flush()
    table = table_of(model)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    arguments = {"mapper": inspect(model)}
    ids: list[int] = []
    # One statement takes rows with the same columns only: a missing one would be NULL, not its default.
    for _, alike in groupby(rows, key=lambda row: tuple(sorted(row))):
        bulk = list(alike)
        if len(bulk) == 1:
            one = insert(table).values({**bulk[0], **shared}).returning(table.c.id)
            result = session.execute(one, bind_arguments=arguments)
        else:
            many = statement.values(shared) if shared else statement
            result = session.execute(many, bulk, bind_arguments=arguments)
        ids.extend(result.scalars())
    return ids
