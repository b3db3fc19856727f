"""Settling and connecting inside a caller's session: its connection, its outbox, the objects it holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, inspect, select
from sqlalchemy.orm import Session

from trackwright.dependencies.references import TaskRef
from trackwright.dependencies.settling import Ended, Settled, settle
from trackwright.dispatch import Message, known_task, send_after_commit
from trackwright.model import TaskTrackingMixin, table_of

_AT_ONCE = 500
"""Rows in one statement that reads held objects again: SQLite takes no more than some thousand parameters."""


def connection_of(session: Session, model: type[TaskTrackingMixin]) -> Connection:
    """The connection of the session's transaction in which a model's table lies."""
    return session.connection(bind_arguments={"mapper": inspect(model)})


def settle_in(session: Session, model: type[TaskTrackingMixin], row: Ended) -> None:
    """Settle what waited for a row that ended in this session; messages leave after its commit."""
    if row.dependents:
        settled = settle(connection_of(session, model), [row])
        send_woken(session, settled, {})
        refresh_held(session, settled.changed)


def send_woken(session: Session, settled: Settled, tasks: Mapping[TaskRef, Any]) -> None:
    """Send rows that are free now after the commit; `tasks` are those that the process need not look for."""
    by_name = {(ref.table, ref.tracking_id): task for ref, task in tasks.items()}
    for row in settled.woken:
        task = by_name.get((row.table, row.tracking_id)) or (row.task and known_task(row.task))
        if task and row.celery_task_id:
            send_after_commit(session, Message(task, row.tracking_id, row.celery_task_id))


def refresh_held(session: Session, changed: Iterable[tuple[str, int]]) -> None:
    """Read objects again that the session holds and whose rows were changed beneath it."""
    rows = set(changed)
    held: dict[type[TaskTrackingMixin], list[int]] = defaultdict(list)
    for one in session.identity_map.values() if rows else ():
        if isinstance(one, TaskTrackingMixin):
            identity = inspect(one).identity or ()
            if identity and (str(table_of(type(one)).fullname), identity[0]) in rows:
                held[type(one)].append(identity[0])
    for model, ids in held.items():
        for start in range(0, len(ids), _AT_ONCE):
            again = select(model).where(model.id.in_(ids[start : start + _AT_ONCE]))
            session.execute(again, execution_options={"populate_existing": True}).all()
