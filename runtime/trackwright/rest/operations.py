"""What each endpoint does, over a Session: the service's operations, their result in the domain's own schema.

What a caller receives is read before the commit: behind it, an expired row would be read again.
"""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from trackwright.crud import statements
from trackwright.crud.statements import Position
from trackwright.dispatch import Sendable, known_task, task_named_in
from trackwright.figures import figures_of
from trackwright.model import TaskTrackingMixin
from trackwright.rest.bodies import Cancellation, Stats
from trackwright.rest.cursor import encoded
from trackwright.rest.problems import Unstorable
from trackwright.rest.resource import TaskResource
from trackwright.schemas import TaskTrackingCreate, TaskTrackingInDB
from trackwright.service import SyncTaskTrackingService
from trackwright.status import TrackingStatus


def create(db: Session, resource: TaskResource, data: TaskTrackingCreate) -> TaskTrackingInDB:
    """Insert a row, and send it to the domain's task after the commit."""
    service = _service(db, resource)
    fields: dict[str, Any] = {name: getattr(data, name) for name in data.model_fields_set}
    try:
        if resource.task is None:
            tracking_id = service.create_tracking(**fields)
        else:
            tracking_id = service.enqueue(resource.task, **fields)
    except (ValueError, OverflowError) as error:  # some drivers' own, that SQLAlchemy hands on as they are
        raise Unstorable from error
    return _committed(db, resource, service.get_status(tracking_id))


def read(db: Session, resource: TaskResource, tracking_id: int) -> TaskTrackingInDB:
    """One row as it is now."""
    return resource.read.model_validate(_service(db, resource).get_status(tracking_id))


def list_page(
    db: Session,
    resource: TaskResource,
    *,
    status: TrackingStatus | None,
    after: Position | None,
    limit: int,
) -> BaseModel:
    """Some rows, newest first, and the cursor of those behind them."""
    wanted = statements.page(resource.model, status=status, after=after, limit=limit + 1)
    found = list(db.scalars(wanted))
    rows, beyond = found[:limit], found[limit:]
    cursor = encoded(Position(rows[-1].created_at, rows[-1].id)) if beyond else None
    return resource.page(items=[resource.read.model_validate(row) for row in rows], next_cursor=cursor)


def cancel(
    db: Session, resource: TaskResource, tracking_id: int, asked: Cancellation, by: str | None
) -> TaskTrackingInDB:
    """Cancel a queued task, or ask a running one to stop."""
    service = _service(db, resource)
    service.cancel(tracking_id, asked.reason, by, cascade=asked.cascade)
    return _committed(db, resource, service.get_status(tracking_id))


def retry(db: Session, resource: TaskResource, tracking_id: int) -> TaskTrackingInDB:
    """Give a FAILED row another attempt, with the task that ran it before."""
    service = _service(db, resource)
    service.retry(tracking_id, _task_of(service.get_status(tracking_id)) or resource.task)
    return _committed(db, resource, service.get_status(tracking_id))


def stats(db: Session, resource: TaskResource, window: timedelta) -> Stats:
    """The domain in figures."""

    def read_rows(statement: Any) -> Any:
        return db.execute(statement, bind_arguments={"mapper": inspect(resource.model)}).all()

    return Stats.model_validate(figures_of(resource.model, read_rows, window=window).as_data())


def _service(db: Session, resource: TaskResource) -> SyncTaskTrackingService[TaskTrackingMixin]:
    return SyncTaskTrackingService(db, resource.model)


def _committed(db: Session, resource: TaskResource, row: TaskTrackingMixin) -> TaskTrackingInDB:
    shown = resource.read.model_validate(row)
    db.commit()
    return shown


def _task_of(row: TaskTrackingMixin) -> Sendable | None:
    name = task_named_in(row.task_metadata)
    return None if name is None else known_task(name)
