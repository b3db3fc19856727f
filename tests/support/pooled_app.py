"""A project behind a pooler that gives each transaction another connection: as docs/how-to/pgbouncer.md has it."""

import json
import os
import time
from typing import Any

from celery import Celery
from sqlalchemy import create_engine, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from trackwright import Backoff, SyncTaskTrackingService, TaskTrackingMixin
from trackwright.jobs import AsyncTaskRun, TaskRun, tracked_task
from trackwright.jobs.heartbeat import process_heartbeat

URL = os.environ["DATABASE_URL"]
LEASE = 5.0
LONGEST = 60.0

connect_args: dict[str, Any] = json.loads(os.environ["CONNECT_ARGS"])
async_connect_args: dict[str, Any] = json.loads(os.environ["ASYNC_CONNECT_ARGS"])

engine = create_engine(URL, pool_size=2, max_overflow=2, connect_args=connect_args)
SessionLocal = sessionmaker(engine, expire_on_commit=False)
async_engine = create_async_engine(
    URL.replace("+psycopg", "+asyncpg", 1), pool_size=2, max_overflow=2, connect_args=async_connect_args
)
AsyncSessionLocal: async_sessionmaker[AsyncSession] = async_sessionmaker(async_engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The project's base."""


class PooledTracking(TaskTrackingMixin, Base):
    """The domain; `case` says how the body ends."""

    __tablename__ = "pooled_task_tracking"
    case: Mapped[str]


class Effect(Base):
    """What bodies write: one row per row that was worked on."""

    __tablename__ = "effects"
    id: Mapped[int] = mapped_column(primary_key=True)
    tracking_id: Mapped[int]


class PooledService(SyncTaskTrackingService[PooledTracking]):
    """The domain's service."""

    model = PooledTracking


celery_app = Celery("pooled_app", broker=os.environ["BROKER_URL"])
celery_app.conf.update(
    task_default_queue=os.environ["QUEUE"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)
process_heartbeat().interval = 0.3
BACKOFF = Backoff(base=0.1, jitter=False)


def _failed(run: Any) -> None:
    if run.tracking.case == "fail once" and run.attempt == 1:
        message = "first try fails"
        raise ConnectionError(message)


@tracked_task(
    celery_app, PooledTracking, session_factory=SessionLocal, name="sync", backoff=BACKOFF, lease=LEASE
)
def work_sync(run: TaskRun[PooledTracking]) -> None:
    """Write the effect; fail at first, or stay until the heartbeat was seen."""
    run.session.add(Effect(tracking_id=run.tracking.id))
    run.session.flush()
    _failed(run)
    if run.tracking.case == "renewed":
        first, deadline = run.tracking.lease_until, time.monotonic() + LONGEST
        while _lease(run.tracking.id) == first:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _lease(tracking_id: int) -> Any:
    with SessionLocal() as session:
        return session.scalar(select(PooledTracking.lease_until).where(PooledTracking.id == tracking_id))


@tracked_task(
    celery_app, PooledTracking, session_factory=AsyncSessionLocal, name="async", backoff=BACKOFF, lease=LEASE
)
async def work_async(run: AsyncTaskRun[PooledTracking]) -> None:
    """The same over asyncpg."""
    run.session.add(Effect(tracking_id=run.tracking.id))
    await run.session.flush()
    _failed(run)
