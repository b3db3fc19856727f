"""Taking a row for an attempt: the claim, or what stands in its way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from trackwright import query
from trackwright.errors import TrackingNotFound
from trackwright.jobs.database import Database
from trackwright.jobs.in_hand import only_one_in_hand
from trackwright.model import TaskTrackingMixin, table_of
from trackwright.status import TrackingStatus


@dataclass(frozen=True, slots=True)
class Claimed:
    """The row is ours; `row` has all its columns by attribute name."""

    row: Row[Any]


@dataclass(frozen=True, slots=True)
class NotYet:
    """Another message is needed after some seconds: the row is scheduled for later, or under a live lease.

    `swept` says that the sweep sends one by itself, should this one not come back.
    """

    seconds: float
    swept: bool


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """The row is in an end state, or used up: the message is a duplicate."""

    status: str


Claim = Claimed | NotYet | NothingToDo


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as it reached a worker: its row, its task's name, its Celery id, the process that has it."""

    tracking_id: int
    task: str
    message_id: str | None
    worker: str


def claim(
    database: Database,
    model: type[TaskTrackingMixin],
    delivery: Delivery,
    lease: float,
    *,
    again: bool = False,
) -> Claim:
    """Claim a row, or take it over from an attempt whose lease ran out.

    `again`: an earlier try got no answer. The claim that it made, if it did, is ours.

    Raises:
        TrackingNotFound: no such row.
    """
    tracking_id = delivery.tracking_id
    parameters = query.parameters(tracking_id=tracking_id, lease=lease, worker=delivery.worker)
    source = query.parameters(task=delivery.task, celery_task_id=delivery.message_id)
    row = database.first(query.claim(model), parameters | source)
    if row is not None:
        return Claimed(row)
    state = database.first(query.claim_state(model), query.parameters(tracking_id=tracking_id))
    if state is None:
        raise TrackingNotFound(table_of(model).name, tracking_id)
    if state.waiting_for is not None:
        # The prerequisite that ends last sends the message.
        return NothingToDo(f"waiting for {state.waiting_for} prerequisites")
    if state.status == TrackingStatus.PENDING:
        return NotYet(
            _seconds_until(state.scheduled_at, state.database_time), swept=state.dispatch_at is not None
        )
    if again and state.status == TrackingStatus.PROCESSING and only_one_in_hand(model, tracking_id):
        row = database.first(query.reclaim(model), parameters)
        if row is not None:
            return Claimed(row)
    if state.status != TrackingStatus.PROCESSING or state.lease_until is None:
        return NothingToDo(state.status)
    if state.lease_until > state.database_time:
        return NotYet(_seconds_until(state.lease_until, state.database_time), swept=True)
    return _take_over(database, model, parameters)


def _take_over(database: Database, model: type[TaskTrackingMixin], parameters: dict[str, Any]) -> Claim:
    row = database.first(query.take_over(model), parameters)
    # Without attempts left, or with a cancel request, the sweep brings the row to its end.
    return NothingToDo(TrackingStatus.PROCESSING) if row is None else Claimed(row)


def _seconds_until(moment: datetime | None, now: datetime) -> float:
    # At least a second: the database's clock decides again when the message comes back.
    return 1.0 if moment is None else max(1.0, (moment - now).total_seconds())
