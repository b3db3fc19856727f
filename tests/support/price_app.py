"""A small project that real workers import in tests: one domain, a table of effects, bodies that end every way."""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any, cast

from celery import Celery
from celery.exceptions import Ignore, Reject, Retry
from sqlalchemy import String, create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from trackwright import Backoff, SyncTaskTrackingService, TaskTrackingMixin
from trackwright.jobs import AsyncTaskRun, TaskRun, tracked_task
from trackwright.jobs.heartbeat import process_heartbeat
from trackwright.maintenance import register_maintenance
from trackwright.sqlite import configure_sqlite

DATABASE_URL = os.environ["DATABASE_URL"]
LEASE = 3.0
ASYNC_URL = os.environ.get("ASYNC_DATABASE_URL", DATABASE_URL.replace("sqlite:", "sqlite+aiosqlite:"))

engine = create_engine(DATABASE_URL)
configure_sqlite(engine)
SessionLocal = sessionmaker(engine, expire_on_commit=False)
async_engine = create_async_engine(ASYNC_URL)
configure_sqlite(async_engine)
AsyncSessionLocal: async_sessionmaker[AsyncSession] = async_sessionmaker(async_engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The project's base."""


class PriceTracking(TaskTrackingMixin, Base):
    """The domain; `case` says how the body ends."""

    __tablename__ = "price_task_tracking"
    case: Mapped[str] = mapped_column(String(20))


class Effect(Base):
    """What bodies write: one row per row that was worked on."""

    __tablename__ = "effects"
    id: Mapped[int] = mapped_column(primary_key=True)
    tracking_id: Mapped[int]


class PriceService(SyncTaskTrackingService[PriceTracking]):
    """The domain's service."""

    model = PriceTracking


celery_app = Celery("price_app", broker=os.environ["BROKER_URL"], backend=os.environ.get("RESULT_BACKEND"))
celery_app.conf.update(
    task_serializer="json",
    task_default_queue=os.environ.get("QUEUE", "celery"),
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=1,
)
if celery_app.conf.broker_url.startswith("filesystem"):
    folder = os.environ["BROKER_FOLDER"]
    celery_app.conf.broker_transport_options = {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": f"{folder}-control",
    }
register_maintenance(celery_app)
process_heartbeat().interval = 0.5


def work(run: TaskRun[PriceTracking]) -> None:
    """End as the row's case says."""
    run.session.add(Effect(tracking_id=run.tracking.id))
    run.session.flush()
    match run.tracking.case:
        case "fail once" if run.attempt == 1:
            message = "first try fails"
            raise ConnectionError(message)
        case "fail":
            message = f"attempt {run.attempt} fails"
            raise ConnectionError(message)
        case "hang" | "hang once" if run.attempt == 1 or run.tracking.case == "hang":
            _mark(run)
            time.sleep(600)
        case "leave once" if run.attempt == 1:
            sys.exit(3)
        case "slow":
            time.sleep(0.02)
        case "out of memory":
            raise MemoryError
        case "until cancelled":
            run.session.rollback()
            _mark(run)
            while True:
                time.sleep(0.05)
                run.checkpoint()
        case case:
            _leave(case, run.attempt)


def _leave(case: str, attempt: int) -> None:
    """Leave the body by one of Celery's own ways."""
    match case:
        case "ignore":
            raise Ignore
        case "reject":
            raise Reject(reason="not for us", requeue=False)
        case "requeue once" if attempt == 1:
            raise Reject(reason="not now", requeue=True)
        case "retry once" if attempt == 1:
            raise Retry(when=cast("Any", 0.1))  # its stubs ask for a number that no checker takes
        case _:
            pass


def _mark(run: Any) -> None:
    """Tell the test that the body is inside, and which process runs it."""
    Path(os.environ["MARKS"], str(run.tracking.id)).write_text(str(os.getpid()))


@tracked_task(
    celery_app,
    PriceTracking,
    session_factory=SessionLocal,
    name="update_price",
    backoff=Backoff(base=0.1, jitter=False),
    lease=LEASE if engine.dialect.name == "postgresql" else 20.0,
)
def update_price(run: TaskRun[PriceTracking]) -> None:
    """A plain body."""
    work(run)


@tracked_task(
    celery_app,
    PriceTracking,
    session_factory=AsyncSessionLocal,
    name="update_price_async",
    backoff=Backoff(base=0.1, jitter=False),
    lease=LEASE if engine.dialect.name == "postgresql" else 20.0,
)
async def update_price_async(run: AsyncTaskRun[PriceTracking]) -> None:
    """An async body over AsyncSessions."""
    run.session.add(Effect(tracking_id=run.tracking.id))
    await run.session.flush()
    if run.tracking.case == "until cancelled":
        await run.session.rollback()
        _mark(run)
        while True:
            await asyncio.sleep(0.05)
            await run.checkpoint()
    if run.tracking.case == "fail once" and run.attempt == 1:
        message = "first try fails"
        raise ConnectionError(message)
    if run.tracking.case == "hang once" and run.attempt == 1:
        await asyncio.sleep(600)


@tracked_task(
    celery_app,
    PriceTracking,
    session_factory=SessionLocal,
    name="update_price_kept",
    backoff=Backoff(base=0.1, jitter=False),
    ignore_result=False,
)
def update_price_kept(run: TaskRun[PriceTracking]) -> object:
    """A body whose result is kept in Celery's result backend, where that can keep it."""
    work(run)
    if run.tracking.case == "look back":
        before = run.session.get_one(PriceTracking, run.tracking.id - 1)
        if before.status != "COMPLETED":
            raise ConnectionError(before.status)
    return object() if run.tracking.case == "odd result" else "done"


SOFT: dict[str, Any] = {"backoff": Backoff(base=0.1, jitter=False), "soft_time_limit": 1, "lease": 600.0}
update_price_soft = tracked_task(
    celery_app, PriceTracking, session_factory=SessionLocal, name="update_price_soft", **SOFT
)(work)
update_price_soft_async = tracked_task(
    celery_app, PriceTracking, session_factory=AsyncSessionLocal, name="update_price_soft_async", **SOFT
)(update_price_async.run)


@tracked_task(
    celery_app,
    PriceTracking,
    session_factory=SessionLocal,
    name="update_price_soon",
    backoff=Backoff(base=0.1, jitter=False),
    lease=600.0,
    time_limit=1,
)
def update_price_soon(run: TaskRun[PriceTracking]) -> None:
    """A body with a hard time limit, under a lease so long that no sweep helps it within a test."""
    work(run)


@tracked_task(
    celery_app,
    PriceTracking,
    session_factory=AsyncSessionLocal,
    name="update_price_leased",
    backoff=Backoff(base=0.1, jitter=False),
    lease=600.0,
    retry_on=(KeyError,),
)
def update_price_leased(run: TaskRun[PriceTracking]) -> None:
    """A plain body over an async driver, under such a lease; none of its errors is retried, a lost process is."""
    work(run)
