"""A project whose rows tests make up and operational commands look after: one sync domain, one over AsyncSessions."""

import os

from celery import Celery
from ops_models import OrderTracking, ReportTracking
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

from trackwright import Retention
from trackwright.jobs import AsyncTaskRun, TaskRun, tracked_task
from trackwright.maintenance import register_maintenance
from trackwright.sqlite import configure_sqlite

DATABASE_URL = os.environ["DATABASE_URL"]

engine = create_engine(DATABASE_URL)
configure_sqlite(engine)
SessionLocal = sessionmaker(engine, expire_on_commit=False)
async_engine = create_async_engine(DATABASE_URL.replace("sqlite:", "sqlite+aiosqlite:"))
configure_sqlite(async_engine)
AsyncSessionLocal: async_sessionmaker[AsyncSession] = async_sessionmaker(async_engine, expire_on_commit=False)


celery_app = Celery("ops_app", broker=os.environ.get("BROKER_URL", "memory://"))
celery_app.conf.broker_connection_timeout = 1
celery_app.conf.broker_transport_options = {"socket_connect_timeout": 1}
register_maintenance(celery_app)


@tracked_task(
    celery_app,
    OrderTracking,
    session_factory=SessionLocal,
    name="place_order",
    retention=Retention(completed=30, cancelled=None, failed=90),
)
def place_order(run: TaskRun[OrderTracking]) -> None:
    """Never run here."""


@tracked_task(celery_app, ReportTracking, session_factory=AsyncSessionLocal, name="write_report")
async def write_report(run: AsyncTaskRun[ReportTracking]) -> None:
    """Never run here."""
