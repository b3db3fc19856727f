"""CRUD over a Session: every method takes the session first and leaves the transaction to the caller."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Generic

from pydantic import BaseModel
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from trackwright import query
from trackwright.clock import clock
from trackwright.crud import statements
from trackwright.crud.statements import ModelT
from trackwright.dependencies import dependents_in, rows_of
from trackwright.errors import InvalidTransition, TrackingNotFound
from trackwright.legacy import as_tuple, has_links
from trackwright.model import TaskTrackingMixin, new_row, table_of
from trackwright.retention import Retention
from trackwright.status import ACTIVE, ENDS, TrackingStatus

_MOVED_BY_OPERATIONS = frozenset({"status", "attempts", "started_at", "completed_at", "lease_until"})


class SyncTaskTrackingCRUD(Generic[ModelT]):
    """Reading and plain writing of one domain's rows; a domain's own class sets `model`."""

    model: type[ModelT]

    def __init__(self, model: type[ModelT] | None = None) -> None:
        if model is not None:
            self.model = model

    def get(self, db: Session, tracking_id: int) -> ModelT | None:
        """The row, or None."""
        return db.get(self.model, tracking_id)

    def get_by_legacy_id(self, db: Session, legacy_id: object, *, table: str | None = None) -> ModelT | None:
        """The row that a row of the legacy table became (principles 9), or None: read the legacy table then.

        Args:
            db: the session.
            legacy_id: the legacy row's key.
            table: which legacy table, where the model's `__legacy__` has several.
        """
        connection = db.connection(bind_arguments={"mapper": inspect(self.model)})
        if not has_links(connection, table_of(self.model).schema):
            return None
        tables = [mapping.name for mapping in as_tuple(self.model.__legacy__)] if table is None else [table]
        return db.scalars(statements.by_legacy_id(self.model, legacy_id, tables)).first()

    def get_by_any_id(self, db: Session, any_id: int) -> ModelT | None:
        """The row of an id that a client holds: a legacy row's, or its own.

        `trackwright legacy data` begins the tracking table's ids behind those of the legacy table (PostgreSQL), so
        that no id means both.
        """
        return self.get_by_legacy_id(db, any_id) or self.get(db, any_id)

    def get_multi(
        self, db: Session, *, skip: int = 0, limit: int = 100, after: ModelT | None = None
    ) -> Sequence[ModelT]:
        """Rows newest first; page by `after`, the last row of the page before."""
        return db.scalars(statements.page(self.model, skip=skip, limit=limit, after=after)).all()

    def create(self, db: Session, data: BaseModel | Mapping[str, Any]) -> ModelT:
        """Insert a PENDING row from a schema or a mapping; flushed, not committed."""
        row = new_row(self.model, _values(data, exclude_none=True))
        db.add(row)
        db.flush()
        return row

    def update(self, db: Session, tracking_id: int, data: BaseModel | Mapping[str, Any]) -> ModelT:
        """Change plain columns; the status and what belongs to it move by the service only.

        Raises:
            TrackingNotFound: no such row.
            TypeError: a column that only the service's operations set.
        """
        values = _values(data, exclude_none=False)
        if owned := sorted(values.keys() & _MOVED_BY_OPERATIONS):
            message = f"{', '.join(owned)}: use the service's operations, they keep the status machine"
            raise TypeError(message)
        row = self._required(db, tracking_id)
        for name, value in values.items():
            setattr(row, name, value)
        db.flush()
        return row

    def remove(self, db: Session, tracking_id: int) -> None:
        """Delete a row.

        Raises:
            TrackingNotFound: no such row.
            InvalidTransition: it is active, and rows wait for it: they would wait for ever.
        """
        # Locked, or a row could begin to wait for it between the look and the deletion.
        row = db.get(self.model, tracking_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise TrackingNotFound(table_of(self.model).name, tracking_id)
        waiting = dependents_in(row.task_metadata)
        if row.status in ACTIVE and waiting:
            raise InvalidTransition(
                table_of(self.model).name,
                tracking_id,
                status=row.status,
                operation="remove",
                allowed=[status.value for status in ENDS],
                because=f"{len(waiting)} rows wait for it; cancel it first, with cascade=False if they shall run",
            )
        db.delete(row)
        db.flush()

    def dependents(self, db: Session, tracking_id: int) -> Sequence[TaskTrackingMixin]:
        """The rows of any domain that were made to wait for this one, those that are gone left out.

        Raises:
            TrackingNotFound: no such row.
            LookupError: one of them lies in a table that no model of this process has.
        """
        row = self._required(db, tracking_id)
        return rows_of(db, self.model, dependents_in(row.task_metadata))

    def get_by_status(
        self,
        db: Session,
        status: str,
        *,
        skip: int = 0,
        limit: int = 100,
        after: ModelT | None = None,
    ) -> Sequence[ModelT]:
        """Rows in one status, newest first."""
        wanted = TrackingStatus.of(status)
        return db.scalars(
            statements.page(self.model, status=wanted, skip=skip, limit=limit, after=after)
        ).all()

    def failures(
        self,
        db: Session,
        *,
        containing: str | None = None,
        skip: int = 0,
        limit: int = 100,
        after: ModelT | None = None,
    ) -> Sequence[ModelT]:
        """FAILED rows, newest first; only those whose error contains a text, where one is given."""
        statement = statements.page(
            self.model, status=TrackingStatus.FAILED, skip=skip, limit=limit, after=after
        )
        if containing is not None:
            statement = statement.where(self.model.error_message.contains(containing, autoescape=True))
        return db.scalars(statement).all()

    def get_active_tasks(self, db: Session, *, limit: int | None = None) -> Sequence[ModelT]:
        """Rows that are PENDING or PROCESSING, newest first."""
        return db.scalars(statements.active(self.model).limit(limit)).all()

    def get_by_celery_task_id(self, db: Session, celery_task_id: str) -> ModelT | None:
        """The row behind a Celery task id, or None."""
        return db.scalars(statements.by_celery_task_id(self.model, celery_task_id)).first()

    def get_stuck(self, db: Session, older_than: timedelta) -> Sequence[ModelT]:
        """PROCESSING rows that started longer ago than this, oldest first."""
        return db.scalars(statements.stuck(self.model, older_than)).all()

    def count_by_status(self, db: Session) -> dict[TrackingStatus, int]:
        """How many rows are in each status; scans the status index, so not for a page that reloads."""
        counts = db.execute(select(self.model.status, func.count()).group_by(self.model.status)).all()
        found = {TrackingStatus(status): number for status, number in counts}
        return {status: found.get(status, 0) for status in TrackingStatus}

    def prune(self, db: Session, retention: Retention | None = None, *, batch: int = 5_000) -> int:
        """Delete one batch of rows whose retention is over, oldest first, and give how many.

        Commit and call again until it gives 0: transactions stay short.
        """
        mapper = {"mapper": inspect(self.model)}
        now = db.execute(select(clock()), bind_arguments=mapper).scalar_one()
        values = query.prune_parameters((retention or Retention()).cutoffs(now)) | query.parameters(
            batch=batch
        )
        return len(db.execute(query.prune(self.model), values, bind_arguments=mapper).all())

    def _required(self, db: Session, tracking_id: int) -> ModelT:
        row = db.get(self.model, tracking_id)
        if row is None:
            raise TrackingNotFound(table_of(self.model).name, tracking_id)
        return row


def _values(data: BaseModel | Mapping[str, Any], *, exclude_none: bool) -> dict[str, Any]:
    if isinstance(data, BaseModel):
        return data.model_dump(exclude_unset=True, exclude_none=exclude_none)
    return dict(data)
