"""price_app with a second domain, so that flows across both run on real workers."""

import time
from typing import Any

from price_app import (
    AsyncSessionLocal,
    Base,
    Effect,
    PriceService,
    PriceTracking,
    SessionLocal,
    async_engine,
    celery_app,
    engine,
    update_price,
)
from sqlalchemy.orm import Mapped

from trackwright import Backoff, SyncTaskTrackingService, TaskTrackingMixin
from trackwright.jobs import TaskRun, tracked_task

__all__ = [
    "AsyncSessionLocal",
    "Base",
    "Effect",
    "PriceService",
    "PriceTracking",
    "SessionLocal",
    "async_engine",
    "celery_app",
    "engine",
    "update_price",
]


class ReportTracking(TaskTrackingMixin, Base):
    """The second domain."""

    __tablename__ = "report_task_tracking"
    __max_attempts__ = 1
    fails: Mapped[bool]


class ReportService(SyncTaskTrackingService[ReportTracking]):
    """Its service."""

    model = ReportTracking


@tracked_task(
    celery_app,
    ReportTracking,
    session_factory=SessionLocal,
    name="write_report",
    backoff=Backoff(base=0.1, jitter=False),
)
def write_report(run: TaskRun[Any]) -> None:
    """Fail, or leave a little time for others to end beside it."""
    time.sleep(0.05)
    if run.tracking.fails:
        message = "no data"
        raise ValueError(message)
