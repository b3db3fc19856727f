"""The service of a domain over a Session: create, move, enqueue, cancel and retry tracked tasks."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

from sqlalchemy import Float, insert, inspect, literal
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from trackwright import query
from trackwright import status as machine
from trackwright.clock import clock_plus
from trackwright.dispatch import RESEND_AFTER, Message, Sendable, send_after_commit
from trackwright.error_text import storable
from trackwright.errors import InvalidTransition, TrackingNotFound
from trackwright.metadata_sql import METADATA_KEYS
from trackwright.model import TaskTrackingMixin, table_of
from trackwright.status import Operation, TrackingStatus

ModelT = TypeVar("ModelT", bound=TaskTrackingMixin)
_MACHINE_OWNED = frozenset(
    {"id", "status", "attempts", "started_at", "completed_at", "error_message", "dispatch_at", "lease_until"}
)


@dataclass(frozen=True, slots=True)
class _Step:
    """An operation with its statement and the values of the statement's parameters, less the row's id."""

    operation: Operation
    statement: ReturningUpdate[Any]
    values: Mapping[str, Any]


class SyncTaskTrackingService(Generic[ModelT]):
    """Operations on one domain's tracking rows over a Session.

    A domain's own service sets `model`; otherwise it is given to the constructor.
    """

    model: type[ModelT]

    def __init__(self, db: Session, model: type[ModelT] | None = None) -> None:
        self.db = db
        if model is not None:
            self.model = model

    def create_tracking(self, *, commit: bool = False, **fields: Any) -> int:
        """Insert a PENDING row and give its id.

        Raises:
            TypeError: a field that the model does not have, or that only the status machine sets.
        """
        return self.create_many([fields], commit=commit)[0]

    def create_many(self, rows: Iterable[Mapping[str, Any]], *, commit: bool = False) -> list[int]:
        """Insert many PENDING rows in bulk and give their ids in order."""
        ids = self._insert([self._checked(fields) for fields in rows])
        self._finish(commit=commit)
        return ids

    def enqueue(self, task: Sendable, *, commit: bool = False, **fields: Any) -> int:
        """Insert a PENDING row and send the task's message after the outermost commit.

        A message that is lost or cannot be sent is sent by the sweep.
        """
        return self.enqueue_many(task, [fields], commit=commit)[0]

    def enqueue_many(
        self, task: Sendable, rows: Iterable[Mapping[str, Any]], *, commit: bool = False
    ) -> list[int]:
        """The same for many rows, in one insert."""
        prepared = [_outgoing(task, self._checked(fields)) for fields in rows]
        # A row for later gets its message from the sweep: its dispatch_at is its scheduled_at.
        ids: list[int] = []
        for later, batch in groupby(prepared, key=lambda row: row.get("scheduled_at") is not None):
            same = list(batch)
            if later:
                ids += self._insert([row | {"dispatch_at": row["scheduled_at"]} for row in same])
                continue
            made = self._insert(same, dispatch_at=clock_plus(literal(RESEND_AFTER, Float())))
            for tracking_id, row in zip(made, same, strict=True):
                send_after_commit(self.db, Message(task, tracking_id, row["celery_task_id"]))
            ids += made
        self._finish(commit=commit)
        return ids

    def update_status(
        self,
        tracking_id: int,
        status: str,
        error_message: str | None = None,
        *,
        attempt: int | None = None,
        commit: bool = False,
    ) -> None:
        """Move a row by hand; with `attempt` only while that attempt still holds it.

        Raises:
            TrackingNotFound: no such row.
            InvalidTransition: the row's status does not allow it.
            UnknownStatus: no such status.
        """
        self._apply(tracking_id, _by_hand(self.model, TrackingStatus.of(status), error_message, attempt))
        self._finish(commit=commit)

    def get_status(self, tracking_id: int) -> ModelT:
        """The row as it is now.

        Raises:
            TrackingNotFound: no such row.
        """
        self.db.flush()  # or what the caller has changed and not yet written would be read over
        row = self.db.get(self.model, tracking_id, populate_existing=True)
        if row is None:
            raise TrackingNotFound(table_of(self.model).name, tracking_id)
        return row

    def cancel(
        self, tracking_id: int, reason: str, by: str | None = None, *, commit: bool = False
    ) -> TrackingStatus:
        """Cancel a queued task, or ask a running one to stop. Gives the status after it.

        CANCELLED: done. PROCESSING: noted; the row becomes CANCELLED when the body has stopped.
        """
        values = {"reason": storable(reason), "actor": None if by is None else storable(by)}
        step = _Step(machine.CANCEL, query.cancel(self.model), values)
        row = self._apply(tracking_id, step)
        self._finish(commit=commit)
        return TrackingStatus(row.status)

    def retry(self, tracking_id: int, task: Sendable | None = None, *, commit: bool = False) -> None:
        """Give a FAILED row another attempt; sent after the commit with `task`, else by the next sweep."""
        delay = 0.0 if task is None else RESEND_AFTER
        row = self._apply(
            tracking_id, _Step(machine.RETRY, query.retry(self.model), {"dispatch_delay": delay})
        )
        if task is not None:
            send_after_commit(self.db, Message(task, tracking_id, row.celery_task_id or str(uuid.uuid4())))
        self._finish(commit=commit)

    def _checked(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The row's values by column; what is None is left to the column's default."""
        attributes = inspect(self.model).column_attrs
        known = {attribute.key: attribute.columns[0].key for attribute in attributes}
        unknown = sorted(name for name in fields if name not in known or name in _MACHINE_OWNED)
        if unknown:
            takes = ", ".join(sorted(known.keys() - _MACHINE_OWNED))
            message = f"{self.model.__name__} takes no {', '.join(unknown)}; it takes {takes}"
            raise TypeError(message)
        _refuse_our_keys(fields.get("task_metadata"))
        return {known[name]: value for name, value in fields.items() if value is not None}

    def _insert(self, rows: list[dict[str, Any]], **shared: Any) -> list[int]:
        self.db.flush()
        table = table_of(self.model)
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        ids: list[int] = []
        # One statement takes rows with the same columns only: a missing one would be NULL, not its default.
        for _, alike in groupby(rows, key=lambda row: tuple(sorted(row))):
            bulk = list(alike)
            if len(bulk) == 1:
                result = self._execute(
                    insert(table).values({**bulk[0], **shared}).returning(table.c.id), None
                )
            else:
                result = self._execute(statement.values(shared) if shared else statement, bulk)
            ids.extend(result.scalars())
        return ids

    def _execute(self, statement: Any, values: Any) -> Any:
        return self.db.execute(statement, values, bind_arguments={"mapper": inspect(self.model)})

    def _apply(self, tracking_id: int, step: "_Step") -> Any:
        self.db.flush()
        row = self._execute(step.statement, query.parameters(tracking_id=tracking_id, **step.values)).first()
        if row is None:
            raise self._refusal(step, tracking_id)
        held = self.db.identity_map.get(inspect(self.model).identity_key_from_primary_key((tracking_id,)))
        if held is not None:
            self.db.refresh(held)
        return row

    def _refusal(self, step: "_Step", tracking_id: int) -> Exception:
        table = table_of(self.model).name
        found = self._execute(query.claim_state(self.model), query.parameters(tracking_id=tracking_id))
        state = found.first()
        if state is None:
            return TrackingNotFound(table, tracking_id)
        attempt = step.values.get("attempt")
        because = None
        if attempt is not None and state.attempts != attempt:
            because = f"attempt {attempt} lost it, the row is at attempt {state.attempts}"
        return InvalidTransition(
            table,
            tracking_id,
            status=state.status,
            operation=step.operation.name,
            allowed=[source.value for source in step.operation.sources],
            because=because,
        )

    def _finish(self, *, commit: bool) -> None:
        if commit:
            self.db.commit()


def _refuse_our_keys(metadata: Any) -> None:
    if isinstance(metadata, Mapping):
        for key in sorted(name for name in METADATA_KEYS if name in metadata):
            message = f"metadata key {key!r} is trackwright's own; keep yours under another name"
            raise TypeError(message)


def _outgoing(task: Sendable, row: dict[str, Any]) -> dict[str, Any]:
    """A row that says, for the sweep, what its message is."""
    return row | {
        "celery_task_id": row.get("celery_task_id") or str(uuid.uuid4()),
        "metadata": {**row.get("metadata", {}), "dispatch": {"task": task.name}},
    }


def _by_hand(
    model: type[TaskTrackingMixin], target: TrackingStatus, message: str | None, attempt: int | None
) -> _Step:
    """The step that update_status means by a target status."""
    fence = {} if attempt is None else {"attempt": attempt}
    unfenced = attempt is None
    text = storable(message or "")
    match target:
        case TrackingStatus.PROCESSING:
            return _Step(machine.CLAIM, query.start(model), {})
        case TrackingStatus.COMPLETED:
            return _Step(machine.COMPLETE, query.complete(model, any_attempt=unfenced), fence)
        case TrackingStatus.FAILED:
            return _Step(machine.FAIL, query.fail(model, any_attempt=unfenced), fence | {"error": text})
        case TrackingStatus.CANCELLED:
            return _Step(machine.ABANDON, query.abandon(model), {"reason": text, "actor": None})
        case TrackingStatus.PENDING:
            return _Step(machine.RETRY, query.retry(model), {"dispatch_delay": None})
