"""From a caller's fields to inserted rows: checked, with what their message is, in bulk."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from trackwright import query
from trackwright.dispatch import LONGEST_COUNTDOWN, RESEND_AFTER, Message, Sendable, send_after_commit
from trackwright.errors import MetadataTooLarge
from trackwright.metadata_keys import DEPENDENCY_KEYS, METADATA_KEYS
from trackwright.model import TaskTrackingMixin

_MACHINE_OWNED = frozenset(
    {"id", "status", "attempts", "started_at", "completed_at", "error_message", "dispatch_at", "lease_until"}
)
METADATA_LENGTH = 65_536
"""Characters of JSON that a caller's metadata may have: each later statement of the row writes it again."""
_AT_ONCE = 5_000
"""Rows handed to SQLAlchemy at once: it copies each of them several times before the first one is inserted."""
Model = type[TaskTrackingMixin]
Values = dict[str, Any]
Statement = Callable[[Model, frozenset[str]], ReturningInsert[Any]]


def checked(model: Model, fields: Mapping[str, Any]) -> Values:
    """The row's values by column; what is None is left to the column's default.

    Raises:
        TypeError: a field that the model does not have, or that only the status machine sets; a key of the
            metadata that only the runtime writes.
        MetadataTooLarge: the metadata takes more than METADATA_LENGTH.
    """
    taken = accepted_fields(model)
    if not fields.keys() <= taken.keys():
        unknown = ", ".join(sorted(fields.keys() - taken.keys()))
        message = f"{model.__name__} takes no {unknown}; it takes {', '.join(sorted(taken))}"
        raise TypeError(message)
    if fields.get("task_metadata"):
        _refuse_our_keys(fields["task_metadata"])
        _refuse_too_much(fields["task_metadata"])
    return {taken[name]: value for name, value in fields.items() if value is not None}


@query.per_model
def accepted_fields(model: Model) -> dict[str, str]:
    """The fields that a caller may give, each with its column."""
    known = {attribute.key: attribute.columns[0].key for attribute in inspect(model).column_attrs}
    return {name: column for name, column in known.items() if name not in _MACHINE_OWNED}


def _refuse_our_keys(metadata: Any) -> None:
    if isinstance(metadata, Mapping):
        for key in sorted(name for name in METADATA_KEYS | DEPENDENCY_KEYS if name in metadata):
            message = f"metadata key {key!r} is trackwright's own; keep yours under another name"
            raise TypeError(message)


def _refuse_too_much(metadata: Any) -> None:
    # What JSON does not know is for the column's own type to refuse.
    size = len(json.dumps(metadata, default=str))
    if size > METADATA_LENGTH:
        raise MetadataTooLarge(size, METADATA_LENGTH)


def outgoing(task: Sendable, row: Values) -> Values:
    """A row that says, for the sweep, what its message is."""
    return row | {
        "celery_task_id": row.get("celery_task_id") or str(uuid.uuid4()),
        "metadata": {**row.get("metadata", {}), "dispatch": {"task": task.name}},
    }


def is_for_later(row: Values) -> bool:
    """Whether the sweep sends the row's message, when it is due; one that is due soon waits at the worker."""
    moment = row.get("scheduled_at")
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return moment is not None
    return moment > datetime.now(UTC) + timedelta(seconds=LONGEST_COUNTDOWN)


def insert_ready(session: Session, model: Model, rows: Sequence[Values]) -> list[int]:
    """Insert rows that can be sent, at once or later; give their ids in order."""
    return _insert(session, model, [_with_dispatch(row) for row in rows], for_now=query.create_ready)


def _with_dispatch(row: Values) -> Values:
    moment = row.get("scheduled_at")
    if moment is None:
        return row
    return row | {"dispatch_at": moment if is_for_later(row) else moment + timedelta(seconds=RESEND_AFTER)}


def insert_rows(session: Session, model: Model, rows: Sequence[Values]) -> list[int]:
    """Insert rows in bulk and give their ids in order."""
    return _insert(session, model, rows, for_now=query.create)


def _insert(session: Session, model: Model, rows: Sequence[Values], *, for_now: Statement) -> list[int]:
    session.flush()
    arguments = {"mapper": inspect(model)}
    ids: dict[int, int] = {}
    for columns, alike in _by_columns(rows).items():
        statement = (query.create if "dispatch_at" in columns else for_now)(model, columns)
        for start in range(0, len(alike), _AT_ONCE):
            positions = alike[start : start + _AT_ONCE]
            bulk = [rows[position] for position in positions]
            values = bulk[0] if len(bulk) == 1 else bulk
            made = session.execute(statement, values, bind_arguments=arguments).scalars()
            ids.update(zip(positions, made, strict=True))
    return [ids[position] for position in range(len(rows))]


def _by_columns(rows: Sequence[Values]) -> dict[frozenset[str], list[int]]:
    """Positions by columns: one statement takes rows with the same only, a missing one would be NULL in it."""
    alike: dict[frozenset[str], list[int]] = {}
    for position, row in enumerate(rows):
        alike.setdefault(frozenset(row), []).append(position)
    return alike


def send_ready(session: Session, task: Sendable, rows: Iterable[tuple[int, Values]]) -> None:
    """Send the messages of new rows after the commit, of those that are not for later."""
    for tracking_id, row in rows:
        if not is_for_later(row):
            moment = row.get("scheduled_at")
            options = {} if moment is None else {"eta": moment}
            send_after_commit(session, Message(task, tracking_id, row["celery_task_id"], options))
