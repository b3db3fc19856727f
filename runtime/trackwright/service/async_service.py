"""The async face of a domain's service: the sync rules, run inside an AsyncSession."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from trackwright.dependencies import OnFailure, Part, Progress, TaskRef, Tracked
from trackwright.dispatch import Sendable
from trackwright.expiring import explain_expired
from trackwright.service.sync_service import ModelT, SyncTaskTrackingService
from trackwright.service.waiting import committed_status, has_ended, pauses, timed_out
from trackwright.status import TrackingStatus

ResultT = TypeVar("ResultT")


class BaseTaskTrackingService(Generic[ModelT]):
    """Operations on one domain's tracking rows over an AsyncSession.

    A domain's own service sets `model`; otherwise it is given to the constructor. Read what a method returns
    before the commit, or make the session with expire_on_commit=False; SessionSettingsError says so where it matters.
    """

    model: type[ModelT]

    def __init__(self, db: AsyncSession, model: type[ModelT] | None = None) -> None:
        self.db = db
        if model is not None:
            self.model = model

    async def create_tracking(
        self,
        *,
        after: Iterable[Tracked] = (),
        on_failure: OnFailure | None = None,
        parent: Tracked | None = None,
        commit: bool = False,
        **fields: Any,
    ) -> int:
        """Insert a PENDING row and give its id; see SyncTaskTrackingService.create_tracking."""
        return await self._run(
            lambda rules: rules.create_tracking(
                after=after, on_failure=on_failure, parent=parent, commit=commit, **fields
            )
        )

    async def create_many(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        after: Iterable[Tracked] = (),
        on_failure: OnFailure | None = None,
        parent: Tracked | None = None,
        commit: bool = False,
    ) -> list[int]:
        """Insert many PENDING rows in bulk and give their ids in order; all with the same prerequisites."""
        return await self._run(
            lambda rules: rules.create_many(
                rows, after=after, on_failure=on_failure, parent=parent, commit=commit
            )
        )

    async def enqueue(
        self,
        task: Sendable,
        *,
        after: Iterable[Tracked] = (),
        on_failure: OnFailure | None = None,
        parent: Tracked | None = None,
        commit: bool = False,
        **fields: Any,
    ) -> int:
        """Insert a PENDING row and send the task's message after the outermost commit, from a thread."""
        return await self._run(
            lambda rules: rules.enqueue(
                task, after=after, on_failure=on_failure, parent=parent, commit=commit, **fields
            )
        )

    async def enqueue_many(
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
        return await self._run(
            lambda rules: rules.enqueue_many(
                task, rows, after=after, on_failure=on_failure, parent=parent, commit=commit
            )
        )

    async def create_flow(
        self,
        part: Part,
        *,
        after: Iterable[Tracked] = (),
        on_failure: OnFailure | None = None,
        parent: Tracked | None = None,
        commit: bool = False,
    ) -> list[TaskRef]:
        """Insert the rows of a chain, a group or any nesting of them; see SyncTaskTrackingService.create_flow."""
        return await self._run(
            lambda rules: rules.create_flow(
                part, after=after, on_failure=on_failure, parent=parent, commit=commit
            )
        )

    async def progress(self, tracking_id: int) -> Progress:
        """How far a row's children are, by status; TrackingNotFound when there is no such row."""
        return await self._run(lambda rules: rules.progress(tracking_id))

    async def update_status(
        self,
        tracking_id: int,
        status: str,
        error_message: str | None = None,
        *,
        attempt: int | None = None,
        commit: bool = False,
    ) -> None:
        """Move a row by hand; see SyncTaskTrackingService.update_status for what it raises."""
        await self._run(
            lambda rules: rules.update_status(
                tracking_id, status, error_message, attempt=attempt, commit=commit
            )
        )

    async def get_status(self, tracking_id: int) -> ModelT:
        """The row as it is now; TrackingNotFound when there is none."""
        return await self._run(lambda rules: rules.get_status(tracking_id))

    async def wait(self, tracking_id: int, *, timeout: float) -> TrackingStatus:  # noqa: ASYNC109 -- says the status
        """Wait until a row has ended, at most `timeout` seconds; see SyncTaskTrackingService.wait."""
        for pause in pauses(timeout):
            if has_ended(status := await self._committed_status(tracking_id)):
                return status
            await asyncio.sleep(pause)
        if has_ended(status := await self._committed_status(tracking_id)):
            return status
        raise timed_out(self.model, tracking_id, status, timeout)

    async def cancel(
        self,
        tracking_id: int,
        reason: str,
        by: str | None = None,
        *,
        cascade: bool = True,
        commit: bool = False,
    ) -> TrackingStatus:
        """Cancel a queued task, or ask a running one to stop. Gives the status after it."""
        return await self._run(
            lambda rules: rules.cancel(tracking_id, reason, by, cascade=cascade, commit=commit)
        )

    async def retry(self, tracking_id: int, task: Sendable | None = None, *, commit: bool = False) -> None:
        """Give a FAILED row another attempt; sent after the commit with `task`, else by the next sweep."""
        await self._run(lambda rules: rules.retry(tracking_id, task, commit=commit))

    async def _committed_status(self, tracking_id: int) -> TrackingStatus:
        return await self.db.run_sync(committed_status, self.model, tracking_id)

    async def _run(self, step: Callable[[SyncTaskTrackingService[ModelT]], ResultT]) -> ResultT:
        def work(session: Session) -> ResultT:
            explain_expired(session)
            return step(SyncTaskTrackingService(session, self.model))

        return await self.db.run_sync(work)
