"""What follows when a row ends: rows that waited for it are set free, or cancelled with all that wait for them.

It runs in the transaction that ends the row, so that no wake-up is lost, over a Connection, so that a Session and a
bare connection do the same. One statement per level and table, whatever the number of rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from typing import cast as as_type

from sqlalchemy import Connection, Row

from trackwright.dependencies import statements
from trackwright.dependencies.references import Link
from trackwright.dispatch import Message, known_task
from trackwright.model import TaskTrackingMixin, table_of
from trackwright.status import TrackingStatus

_LINK_PARTS = 3


@dataclass(frozen=True, slots=True)
class Ended:
    """A row that has just ended, with the rows that wait for it."""

    table: str
    tracking_id: int
    status: str
    dependents: Sequence[Link]
    root: str | None = None
    """What first failed, where this row only followed."""
    frees: bool = False
    """Dependents may run as if it had completed, whatever its status."""

    @property
    def reason(self) -> str | None:
        """Why dependents are cancelled; None when they are not."""
        if self.frees or self.status == TrackingStatus.COMPLETED:
            return None
        because = "" if self.root is None else f" because {self.root}"
        return f"prerequisite {self.table} {self.tracking_id} is {self.status}{because}"


@dataclass(frozen=True, slots=True)
class Woken:
    """A row that waits for nothing any more; `task` is None where nobody enqueued it."""

    table: str
    tracking_id: int
    celery_task_id: str | None
    task: str | None

    def message(self) -> Message | None:
        """Its message, where this process knows its task; elsewhere the sweep sends it."""
        task = None if self.task is None else known_task(self.task)
        if task is None or self.celery_task_id is None:
            return None
        return Message(task, self.tracking_id, self.celery_task_id)


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling did: which rows are free now, and all that it changed, as (table, id)."""

    woken: list[Woken]
    changed: set[tuple[str, int]]

    @property
    def messages(self) -> list[Message]:
        """The messages of rows that are free, to be sent after the commit."""
        return [message for message in (row.message() for row in self.woken) if message is not None]


@dataclass(slots=True)
class _Entry:
    ended: int = 0
    reason: str | None = None
    root: str | None = None


@dataclass(slots=True)
class _Queue:
    """Rows to count down, by level and table; the lowest level first, so that all transactions lock alike."""

    entries: dict[tuple[int, str], dict[int, _Entry]] = field(
        default_factory=lambda: defaultdict[tuple[int, str], dict[int, _Entry]](dict)
    )

    def add(self, row: Ended) -> None:
        for link in row.dependents:
            entry = self.entries[link.level, link.table].setdefault(link.tracking_id, _Entry())
            entry.ended += 1
            if entry.reason is None:
                entry.reason = row.reason
                entry.root = row.root or f"{row.table} {row.tracking_id} is {row.status}"

    def __iter__(self) -> Iterator[tuple[str, dict[int, _Entry]]]:
        while self.entries:
            lowest = min(self.entries)
            yield lowest[1], self.entries.pop(lowest)


def settle(connection: Connection, rows: Iterable[Ended]) -> Settled:
    """Count ended rows off all that wait for them, and so on with those that this cancels."""
    queue = _Queue()
    settled = Settled([], set())
    for one in rows:
        queue.add(one)
    for table, entries in queue:
        for row in _counted_off(connection, table, entries):
            settled.changed.add((table, row.id))
            if row.status == TrackingStatus.CANCELLED:
                queue.add(Ended(table, row.id, row.status, links(row.dependents), root=entries[row.id].root))
            elif row.waiting_for is None and not row.is_later:
                settled.woken.append(Woken(table, row.id, row.celery_task_id, _task_name(row.dispatch)))
    return settled


def _counted_off(connection: Connection, table: str, entries: Mapping[int, _Entry]) -> Iterator[Row[Any]]:
    known = {tracking_id: _as_json(entry) for tracking_id, entry in entries.items()}
    for batch in statements.batches(known):
        yield from connection.execute(statements.settle(table), batch).all()


def ended(model: type[TaskTrackingMixin], row: Row[Any], status: str) -> Ended:
    """What the RETURNING of an ending says of the row that it ended."""
    frees = row.frees_dependents is not None
    return Ended(str(table_of(model).fullname), row.id, status, links(row.dependents), frees=frees)


def links(stored: Any) -> list[Link]:
    """The links that a row's metadata holds; whatever else a caller put there is not ours."""
    entries: list[Any] = stored if isinstance(stored, list) else []  # pyright: ignore[reportUnknownVariableType] # JSON
    return [Link(*entry) for entry in entries if isinstance(entry, list) and len(entry) == _LINK_PARTS]  # pyright: ignore[reportUnknownArgumentType] # JSON


def _as_json(entry: _Entry) -> dict[str, Any]:
    known: dict[str, Any] = {"ended": entry.ended}
    return known if entry.reason is None else known | {"reason": entry.reason}


def _task_name(dispatch: Any) -> str | None:
    return as_type("dict[str, Any]", dispatch).get("task") if isinstance(dispatch, dict) else None
