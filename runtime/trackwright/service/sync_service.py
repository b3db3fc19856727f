"""The service of a domain over a Session: create, move, enqueue, cancel and retry tracked tasks."""

import time
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from trackwright import query
from trackwright import status as machine
from trackwright.dependencies import (
    OnFailure,
    Part,
    Progress,
    Step,
    TaskRef,
    Tracked,
    connection_of,
    ended,
    group,
    links,
    progress,
    settle_in,
)
from trackwright.dispatch import RESEND_AFTER, Message, Sendable, send_after_commit
from trackwright.error_text import storable
from trackwright.errors import InvalidTransition, TrackingNotFound
from trackwright.model import TaskTrackingMixin, table_of
from trackwright.service.flow_rows import create_flow
from trackwright.service.log import log_cancel
from trackwright.service.rows import checked, insert_ready, insert_rows, outgoing, send_ready
from trackwright.service.steps import StatusStep, step_by_hand
from trackwright.service.waiting import committed_status, has_ended, pauses, timed_out
from trackwright.status import ENDS, TrackingStatus

ModelT = TypeVar("ModelT", bound=TaskTrackingMixin)


class SyncTaskTrackingService(Generic[ModelT]):
    """Operations on one domain's tracking rows over a Session.

    A domain's own service sets `model`; otherwise it is given to the constructor.
    """

    model: type[ModelT]

    def __init__(self, db: Session, model: type[ModelT] | None = None) -> None:
        self.db = db
        if model is not None:
            self.model = model

    def create_tracking(
        self,
        *,
        after: Iterable[Tracked] = (),
        on_failure: OnFailure | None = None,
        parent: Tracked | None = None,
        commit: bool = False,
        **fields: Any,
    ) -> int:
        """Insert a PENDING row and give its id.

        Args:
            after: rows of any domain in the same database that must complete before this one can start.
            on_failure: what to do when one of them failed for good or was cancelled: `cancel` this row and all
                that wait for it, or `run` it anyway; the model's `__on_failure__` unless given.
            parent: the row that this one is a part of; `progress` of the parent counts it.
            commit: commit at once; otherwise the caller does.
            fields: the row's columns.

        Raises:
            TypeError: a field that the model does not have, or that only the status machine sets.
            MissingPrerequisites: a row of `after`, or the parent, does not exist.
            SeparateDatabases: one of them lies in another database.
        """
        ids = self.create_many([fields], after=after, on_failure=on_failure, parent=parent, commit=commit)
        return ids[0]

    def create_many(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        after: Iterable[Tracked] = (),
        on_failure: OnFailure | None = None,
        parent: Tracked | None = None,
        commit: bool = False,
    ) -> list[int]:
        """Insert many PENDING rows in bulk and give their ids in order; all with the same prerequisites."""
        after = tuple(after)
        if after or parent is not None:
            part = group(*(Step(self.model, fields) for fields in rows))
            made = self.create_flow(part, after=after, on_failure=on_failure, parent=parent, commit=commit)
            return [one.tracking_id for one in made]
        ids = insert_rows(self.db, self.model, [checked(self.model, fields) for fields in rows])
        self._finish(commit=commit)
        return ids

    def enqueue(
        self,
        task: Sendable,
        *,
        after: Iterable[Tracked] = (),
        on_failure: OnFailure | None = None,
        parent: Tracked | None = None,
        commit: bool = False,
        **fields: Any,
    ) -> int:
        """Insert a PENDING row and send the task's message after the outermost commit.

        A message that is lost or cannot be sent is sent by the sweep. With `after` (see create_tracking) it is
        sent when the last of these rows has completed.
        """
        rows = [fields]
        return self.enqueue_many(
            task, rows, after=after, on_failure=on_failure, parent=parent, commit=commit
        )[0]

    def enqueue_many(
        self,
        task: Sendable,
        rows: Iterable[Mapping[str, Any]],
        *,
        after: Iterable[Tracked] = (),
        on_failure: OnFailure | None = None,
        parent: Tracked | None = None,
        commit: bool = False,
    ) -> list[int]:
        """The same for many rows, in one insert; all with the same prerequisites."""
        after = tuple(after)
        if after or parent is not None:
            part = group(*(Step(self.model, fields, task) for fields in rows))
            made = self.create_flow(part, after=after, on_failure=on_failure, parent=parent, commit=commit)
            return [one.tracking_id for one in made]
        prepared = [outgoing(task, checked(self.model, fields)) for fields in rows]
        ids = insert_ready(self.db, self.model, prepared)
        send_ready(self.db, task, zip(ids, prepared, strict=True))
        self._finish(commit=commit)
        return ids

    def create_flow(
        self,
        part: Part,
        *,
        after: Iterable[Tracked] = (),
        on_failure: OnFailure | None = None,
        parent: Tracked | None = None,
        commit: bool = False,
    ) -> list[TaskRef]:
        """Insert the rows of a chain, a group or any nesting of them, of any domains of one database.

        Its first steps wait for `after`, the others for those before them. Rows are inserted in bulk, and sent
        when it is their turn. Gives them in the order of the steps.
        """
        made = create_flow(self.db, part, after=tuple(after), on_failure=on_failure, parent=parent)
        self._finish(commit=commit)
        return made

    def progress(self, tracking_id: int) -> Progress:
        """How far a row's children are, by status.

        Raises:
            TrackingNotFound: no such row.
        """
        row = self.get_status(tracking_id)
        return progress(connection_of(self.db, self.model), links(row.task_metadata.get("children")))

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
        step = step_by_hand(self.model, TrackingStatus.of(status), error_message, attempt)
        row = self._apply(tracking_id, step)
        if step.operation.target in ENDS:
            settle_in(self.db, self.model, ended(self.model, row, step.operation.target))
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

    def wait(self, tracking_id: int, *, timeout: float) -> TrackingStatus:
        """Wait until a row has ended, at most `timeout` seconds, and give its status: COMPLETED, FAILED, CANCELLED.

        It sees what is committed: commit the row first, and end a transaction that locks it.

        Raises:
            TrackingNotFound: no such row, or it is not committed.
            WaitTimeout: it has not ended in time; its `status` is the last one seen.
        """
        for pause in pauses(timeout):
            if has_ended(status := committed_status(self.db, self.model, tracking_id)):
                return status
            time.sleep(pause)
        if has_ended(status := committed_status(self.db, self.model, tracking_id)):
            return status
        raise timed_out(self.model, tracking_id, status, timeout)

    def cancel(
        self,
        tracking_id: int,
        reason: str,
        by: str | None = None,
        *,
        cascade: bool = True,
        commit: bool = False,
    ) -> TrackingStatus:
        """Cancel a queued task, or ask a running one to stop. Gives the status after it.

        CANCELLED: done. PROCESSING: noted; the row becomes CANCELLED when the body has stopped. Rows that wait
        for it follow it then; with cascade=False they no longer wait for it.
        """
        values = {"reason": storable(reason), "actor": None if by is None else storable(by)}
        step = StatusStep(machine.CANCEL, query.cancel(self.model, cascade=cascade), values)
        row = self._apply(tracking_id, step)
        log_cancel(self.model, row, reason, by)
        if row.status == TrackingStatus.CANCELLED:
            settle_in(self.db, self.model, ended(self.model, row, row.status))
        self._finish(commit=commit)
        return TrackingStatus(row.status)

    def retry(self, tracking_id: int, task: Sendable | None = None, *, commit: bool = False) -> None:
        """Give a FAILED row another attempt; sent after the commit with `task`, else by the next sweep."""
        delay = 0.0 if task is None else RESEND_AFTER
        row = self._apply(
            tracking_id, StatusStep(machine.RETRY, query.retry(self.model), {"dispatch_delay": delay})
        )
        if task is not None:
            send_after_commit(self.db, Message(task, tracking_id, row.celery_task_id or str(uuid.uuid4())))
        self._finish(commit=commit)

    def _execute(self, statement: Any, values: Any) -> Any:
        return self.db.execute(statement, values, bind_arguments={"mapper": inspect(self.model)})

    def _apply(self, tracking_id: int, step: StatusStep) -> Any:
        self.db.flush()
        row = self._execute(step.statement, query.parameters(tracking_id=tracking_id, **step.values)).first()
        if row is None:
            raise self._refusal(step, tracking_id)
        held = self.db.identity_map.get(inspect(self.model).identity_key_from_primary_key((tracking_id,)))
        if held is not None:
            self.db.refresh(held)
        return row

    def _refusal(self, step: StatusStep, tracking_id: int) -> Exception:
        table = table_of(self.model).name
        found = self._execute(query.claim_state(self.model), query.parameters(tracking_id=tracking_id))
        state = found.first()
        if state is None:
            return TrackingNotFound(table, tracking_id)
        attempt = step.values.get("attempt")
        because = None
        if attempt is not None and state.attempts != attempt:
            because = f"attempt {attempt} lost it, the row is at attempt {state.attempts}"
        elif state.waiting_for is not None and step.operation is machine.CLAIM:
            because = f"it waits for {state.waiting_for} prerequisites"
        return InvalidTransition(
            table,
            tracking_id,
            status=state.status,
            operation=step.operation.name,
            allowed=[source.value for source in _sources(step)],
            because=because,
        )

    def _finish(self, *, commit: bool) -> None:
        if commit:
            self.db.commit()


def _sources(step: StatusStep) -> tuple[TrackingStatus, ...]:
    # A running task takes the request to cancel, too: it is no transition yet.
    return machine.ACTIVE if step.operation is machine.CANCEL else step.operation.sources
