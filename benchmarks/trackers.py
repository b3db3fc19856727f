"""The five ways to track a no-op task that benchmarks/runtime.py compares; workers import this module."""

import os
from collections.abc import Callable
from typing import Any

import psycopg
from celery import Celery
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker

from trackwright import SyncTaskTrackingService, TaskTrackingMixin
from trackwright.jobs import TaskRun, tracked_task

DATABASE_URL = os.environ["DATABASE_URL"]
PLAIN_URL = DATABASE_URL.replace("+psycopg", "", 1)
engine = create_engine(DATABASE_URL)
sessions = sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The benchmark's base."""


class BenchTracking(TaskTrackingMixin, Base):
    """One domain without fields of its own."""

    __tablename__ = "bench_task_tracking"


app = Celery("trackers", broker=os.environ["BROKER_URL"])
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)
if os.environ.get("TRACKER") == "database backend":
    app.conf.update(
        result_backend="db+" + DATABASE_URL,
        result_extended=True,
        task_track_started=True,
        task_ignore_result=False,
    )

_kept: list[psycopg.Connection[Any]] = []


def connection() -> psycopg.Connection[Any]:
    """One autocommit connection for each process."""
    if not _kept:
        _kept.append(psycopg.connect(PLAIN_URL, autocommit=True))
    return _kept[0]


# trackwright: exempt[TW101] reason="what tracking is compared with" approved-by="maintainers"
@app.task(name="bare")
def bare() -> None:
    """Do nothing."""


# trackwright: exempt[TW101] reason="what tracking is compared with" approved-by="maintainers"
@app.task(name="floor")
def floor(tracking_id: int) -> None:
    """Two bare UPDATEs by the key."""
    for source, target in (("PENDING", "PROCESSING"), ("PROCESSING", "COMPLETED")):
        connection().execute(
            "UPDATE bench_task_tracking SET status = %s, updated_at = now() WHERE id = %s AND (status = %s) IS TRUE",
            (target, tracking_id, source),
        )


# trackwright: exempt[TW101] reason="what tracking is compared with" approved-by="maintainers"
@app.task(name="orm")
def orm(tracking_id: int) -> None:
    """Session, get, set and commit for each transition, as the naive tracker has it."""
    for status in ("PROCESSING", "COMPLETED"):
        with sessions() as session:
            row = session.get_one(BenchTracking, tracking_id)
            # trackwright: exempt[TW402] reason="what tracking is compared with" approved-by="maintainers"
            row.status = status
            session.commit()


@tracked_task(app, BenchTracking, session_factory=sessions, name="ours")
def ours(_: TaskRun[BenchTracking]) -> None:
    """Do nothing, tracked."""


def enqueue_floor() -> None:
    """One INSERT and one message."""
    row = connection().execute("INSERT INTO bench_task_tracking DEFAULT VALUES RETURNING id").fetchone()
    floor.apply_async(row)


def enqueue_orm() -> None:
    """A session and a commit for each row."""
    with sessions() as session:
        row = BenchTracking()
        session.add(row)
        session.commit()
        orm.apply_async((row.id,))


def enqueue_ours() -> None:
    """The service's enqueue."""
    with sessions() as session:
        SyncTaskTrackingService(session, BenchTracking).enqueue(ours, commit=True)


ENQUEUE: dict[str, Callable[[], Any]] = {
    "bare": bare.delay,
    "database backend": bare.delay,
    "naive ORM": enqueue_orm,
    "floor": enqueue_floor,
    "ours": enqueue_ours,
}
