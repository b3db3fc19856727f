"""The public API as type checkers see it: read by mypy, pyright and pyrefly, run by none.

A project that subclasses service, CRUD and schemas gets its own model back everywhere, without a cast.
"""

from collections.abc import Sequence
from typing import assert_type

from celery import Celery
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from trackwright import (
    Backoff,
    BaseTaskTrackingCRUD,
    BaseTaskTrackingService,
    Flow,
    Progress,
    Retention,
    Step,
    SyncTaskTrackingCRUD,
    SyncTaskTrackingService,
    TaskRef,
    TaskTrackingCreate,
    TaskTrackingInDB,
    TaskTrackingMixin,
    TrackingStatus,
    chain,
    group,
    redact_errors,
    step,
)
from trackwright.jobs import AsyncTaskRun, TaskRun, TrackedTask, tracked_task
from trackwright.maintenance import DomainFigures, PruneResult, SweepResult, prune_all, sweep_all
from trackwright.rest import TaskResource, tracking_router


class Base(DeclarativeBase):
    """A project's base."""


class PriceTracking(TaskTrackingMixin, Base):
    """A project's model."""

    __tablename__ = "price_task_tracking"
    product: Mapped[str]
    cents: Mapped[int | None] = mapped_column()


class PriceCreate(TaskTrackingCreate):
    """What callers send."""

    product: str


class PriceInDB(TaskTrackingInDB):
    """What callers receive."""

    product: str


class PriceService(SyncTaskTrackingService[PriceTracking]):
    """A service over plain sessions, with a method of its own."""

    model = PriceTracking

    def cents_of(self, tracking_id: int) -> int | None:
        """Use what the base gives."""
        return assert_type(self.get_status(tracking_id).cents, int | None)


class AsyncPriceService(BaseTaskTrackingService[PriceTracking]):
    """The same over AsyncSessions."""

    model = PriceTracking


class PriceCRUD(SyncTaskTrackingCRUD[PriceTracking]):
    """Queries over plain sessions."""

    model = PriceTracking


class AsyncPriceCRUD(BaseTaskTrackingCRUD[PriceTracking]):
    """Queries over AsyncSessions."""

    model = PriceTracking


engine = create_engine("sqlite://")
SessionLocal = sessionmaker(engine)
AsyncSessionLocal = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))
app = Celery("typing")


@tracked_task(
    app,
    PriceTracking,
    session_factory=SessionLocal,
    backoff=Backoff(base=1, cap=60),
    retention=Retention(completed=7),
    retry_on=(TimeoutError,),
    soft_time_limit=60,
)
def update_price(run: TaskRun[PriceTracking]) -> None:
    """A plain body knows its own columns and its session's kind."""
    assert_type(run.tracking, PriceTracking)
    assert_type(run.tracking.product, str)
    assert_type(run.session, Session)
    assert_type(run.attempt, int)
    run.checkpoint(commit=True)
    run.progress(1, 10)


@tracked_task(app, PriceTracking, session_factory=AsyncSessionLocal)
async def update_price_async(run: AsyncTaskRun[PriceTracking]) -> None:
    """An async body has an AsyncSession."""
    assert_type(run.session, AsyncSession)
    await run.checkpoint()
    await run.progress(1)


def plain(session: Session) -> None:
    """The sync face."""
    assert_type(update_price, TrackedTask)
    service = PriceService(session)
    assert_type(service.create_tracking(product="tea"), int)
    assert_type(service.enqueue(update_price, product="tea", commit=True), int)
    assert_type(service.enqueue_many(update_price, [{"product": "tea"}]), list[int])
    assert_type(service.get_status(1), PriceTracking)
    assert_type(service.get_status(1).product, str)
    assert_type(service.cancel(1, "no more"), TrackingStatus)
    assert_type(service.wait(1, timeout=1), TrackingStatus)
    assert_type(service.progress(1), Progress)
    one = step(PriceTracking, update_price, product="tea")
    assert_type(one, Step)
    assert_type(chain(one, group(one, one)), Flow)
    assert_type(service.create_flow(one, after=[TaskRef(PriceTracking, 1)]), list[TaskRef])
    crud = PriceCRUD()
    assert_type(crud.get(session, 1), PriceTracking | None)
    assert_type(crud.get_multi(session), Sequence[PriceTracking])
    assert_type(crud.get_by_status(session, "FAILED"), Sequence[PriceTracking])
    assert_type(crud.create(session, PriceCreate(product="tea")), PriceTracking)
    assert_type(crud.count_by_status(session), dict[TrackingStatus, int])
    assert_type(SyncTaskTrackingService(session, PriceTracking).get_status(1), PriceTracking)


async def awaited(session: AsyncSession) -> None:
    """The async face gives the same types."""
    service = AsyncPriceService(session)
    assert_type(await service.enqueue(update_price_async, product="tea"), int)
    assert_type(await service.get_status(1), PriceTracking)
    assert_type(await service.cancel(1, "no more"), TrackingStatus)
    crud = AsyncPriceCRUD()
    assert_type(await crud.get(session, 1), PriceTracking | None)
    assert_type(await crud.get_active_tasks(session), Sequence[PriceTracking])
    assert_type(await BaseTaskTrackingService(session, PriceTracking).get_status(1), PriceTracking)


def operated() -> None:
    """Maintenance and REST."""
    assert_type(sweep_all(app), list[SweepResult])
    assert_type(prune_all(app), list[PruneResult])
    assert_type(DomainFigures.__name__, str)
    resource = TaskResource(model=PriceTracking, create=PriceCreate, read=PriceInDB, task=update_price)
    tracking_router([resource], get_db=SessionLocal, authorize=None)
    redact_errors(str.strip)
