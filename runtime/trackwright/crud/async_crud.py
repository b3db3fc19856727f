"""The async face of the CRUD: the sync one, run inside an AsyncSession."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from trackwright.crud.statements import ModelT
from trackwright.crud.sync_crud import SyncTaskTrackingCRUD
from trackwright.expiring import explain_expired
from trackwright.model import TaskTrackingMixin
from trackwright.retention import Retention
from trackwright.status import TrackingStatus

ResultT = TypeVar("ResultT")


class BaseTaskTrackingCRUD(Generic[ModelT]):
    """Reading and plain writing of one domain's rows; a domain's own class sets `model`."""

    model: type[ModelT]

    def __init__(self, model: type[ModelT] | None = None) -> None:
        if model is not None:
            self.model = model

    async def get(self, db: AsyncSession, tracking_id: int) -> ModelT | None:
        """The row, or None."""
        return await self._run(db, lambda crud, session: crud.get(session, tracking_id))

    async def get_by_legacy_id(
        self, db: AsyncSession, legacy_id: object, *, table: str | None = None
    ) -> ModelT | None:
        """The row that a row of the legacy table became, or None: read the legacy table then."""
        return await self._run(
            db, lambda crud, session: crud.get_by_legacy_id(session, legacy_id, table=table)
        )

    async def get_by_any_id(self, db: AsyncSession, any_id: int) -> ModelT | None:
        """The row of an id that a client holds: a legacy row's, or its own."""
        return await self._run(db, lambda crud, session: crud.get_by_any_id(session, any_id))

    async def get_multi(
        self, db: AsyncSession, *, skip: int = 0, limit: int = 100, after: ModelT | None = None
    ) -> Sequence[ModelT]:
        """Rows newest first; page by `after`, the last row of the page before."""
        return await self._run(
            db, lambda crud, session: crud.get_multi(session, skip=skip, limit=limit, after=after)
        )

    async def create(self, db: AsyncSession, data: BaseModel | Mapping[str, Any]) -> ModelT:
        """Insert a PENDING row from a schema or a mapping; flushed, not committed."""
        return await self._run(db, lambda crud, session: crud.create(session, data))

    async def update(self, db: AsyncSession, tracking_id: int, data: BaseModel | Mapping[str, Any]) -> ModelT:
        """Change plain columns; see SyncTaskTrackingCRUD.update for what it refuses."""
        return await self._run(db, lambda crud, session: crud.update(session, tracking_id, data))

    async def remove(self, db: AsyncSession, tracking_id: int) -> None:
        """Delete a row; see SyncTaskTrackingCRUD.remove for what it refuses."""
        await self._run(db, lambda crud, session: crud.remove(session, tracking_id))

    async def dependents(self, db: AsyncSession, tracking_id: int) -> Sequence[TaskTrackingMixin]:
        """The rows of any domain that were made to wait for this one; see SyncTaskTrackingCRUD.dependents."""
        return await self._run(db, lambda crud, session: crud.dependents(session, tracking_id))

    async def get_by_status(
        self,
        db: AsyncSession,
        status: str,
        *,
        skip: int = 0,
        limit: int = 100,
        after: ModelT | None = None,
    ) -> Sequence[ModelT]:
        """Rows in one status, newest first."""
        return await self._run(
            db,
            lambda crud, session: crud.get_by_status(session, status, skip=skip, limit=limit, after=after),
        )

    async def failures(
        self,
        db: AsyncSession,
        *,
        containing: str | None = None,
        skip: int = 0,
        limit: int = 100,
        after: ModelT | None = None,
    ) -> Sequence[ModelT]:
        """FAILED rows, newest first; only those whose error contains a text, where one is given."""
        return await self._run(
            db,
            lambda crud, session: crud.failures(
                session, containing=containing, skip=skip, limit=limit, after=after
            ),
        )

    async def get_active_tasks(self, db: AsyncSession, *, limit: int | None = None) -> Sequence[ModelT]:
        """Rows that are PENDING or PROCESSING, newest first."""
        return await self._run(db, lambda crud, session: crud.get_active_tasks(session, limit=limit))

    async def get_by_celery_task_id(self, db: AsyncSession, celery_task_id: str) -> ModelT | None:
        """The row behind a Celery task id, or None."""
        return await self._run(db, lambda crud, session: crud.get_by_celery_task_id(session, celery_task_id))

    async def get_stuck(self, db: AsyncSession, older_than: timedelta) -> Sequence[ModelT]:
        """PROCESSING rows that started longer ago than this, oldest first."""
        return await self._run(db, lambda crud, session: crud.get_stuck(session, older_than))

    async def count_by_status(self, db: AsyncSession) -> dict[TrackingStatus, int]:
        """How many rows are in each status."""
        return await self._run(db, lambda crud, session: crud.count_by_status(session))

    async def prune(self, db: AsyncSession, retention: Retention | None = None, *, batch: int = 5_000) -> int:
        """Delete one batch of rows whose retention is over; commit and call again until it gives 0."""
        return await self._run(db, lambda crud, session: crud.prune(session, retention, batch=batch))

    async def _run(
        self, db: AsyncSession, step: Callable[[SyncTaskTrackingCRUD[ModelT], Session], ResultT]
    ) -> ResultT:
        def work(session: Session) -> ResultT:
            explain_expired(session)
            return step(SyncTaskTrackingCRUD(self.model), session)

        return await db.run_sync(work)
