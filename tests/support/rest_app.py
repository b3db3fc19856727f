"""An application with REST endpoints of one domain, on either database, over either kind of session."""

import contextlib
import enum
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from celery import Celery
from fastapi import FastAPI
from pydantic import Field
from sqlalchemy import Date, Engine, Integer, NullPool, Numeric, String, UniqueConstraint, create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from trackwright import TaskTrackingCreate, TaskTrackingInDB, TaskTrackingMixin
from trackwright.jobs import TaskRun, TrackedTask, tracked_task
from trackwright.rest import Authorize, TaskResource, tracking_router
from trackwright.sqlite import configure_sqlite


class Base(DeclarativeBase):
    """The application's base."""


class Source(enum.StrEnum):
    """Where a price comes from."""

    XETRA = "xetra"
    OTHER = "in-house"


class QuoteTracking(TaskTrackingMixin, Base):
    """The domain."""

    __tablename__ = "quote_task_tracking"
    __table_args__ = (UniqueConstraint("isin", "day"),)

    isin: Mapped[str] = mapped_column(String(12))
    day: Mapped[date | None] = mapped_column(Date)
    count: Mapped[int | None] = mapped_column(Integer)
    price: Mapped[Any | None] = mapped_column(Numeric(20, 6))
    source: Mapped[str | None] = mapped_column(String(20))


class QuoteCreate(TaskTrackingCreate):
    """What a caller gives for a new task."""

    isin: str = Field(max_length=12)
    day: date | None = None
    count: int | None = Field(default=None, ge=-(2**31), le=2**31 - 1)
    source: Source | None = None


class LooseCreate(TaskTrackingCreate):
    """The same without a limit anywhere: the database has the last word."""

    isin: str
    count: int | None = None


class QuoteInDB(TaskTrackingInDB):
    """A row as it is read back."""

    isin: str
    day: date | None
    count: int | None
    source: Source | None


@dataclass(frozen=True)
class Example:
    """An application and what a test looks behind it with."""

    app: FastAPI
    engine: Engine
    sessions: sessionmaker[Session]
    task: TrackedTask


def quote_task(sessions: Any) -> TrackedTask:
    """The domain's task, on an app without a broker."""
    celery = Celery("quotes", broker="memory://", set_as_current=False)

    @tracked_task(celery, QuoteTracking, session_factory=sessions, name="quotes.update")
    def update(run: TaskRun[Any]) -> None:
        raise NotImplementedError

    return update


@contextlib.contextmanager
def example(
    url: str,
    *,
    is_async: bool,
    authorize: Authorize | None = None,
    create: type[TaskTrackingCreate] = QuoteCreate,
    request_url: str | None = None,
) -> Iterator[Example]:
    """The application over a fresh table; requests go to it by another URL where one is given."""
    engine = create_engine(url)
    configure_sqlite(engine)
    Base.metadata.create_all(engine)
    sessions = sessionmaker(engine)
    task = quote_task(sessions)
    resource = TaskResource(model=QuoteTracking, create=create, read=QuoteInDB, task=task)
    used = request_url or url
    get_db = async_dependency(used) if is_async else sync_dependency(used)
    app = FastAPI(title="quotes")
    app.include_router(tracking_router([resource], get_db=get_db, authorize=authorize))
    try:
        yield Example(app, engine, sessions, task)
    finally:
        engine.dispose()


def sync_dependency(url: str) -> Any:
    """The application's get_db over Sessions."""
    engine = create_engine(url, poolclass=NullPool)
    configure_sqlite(engine)
    sessions = sessionmaker(engine)

    def get_db() -> Iterator[Session]:
        with sessions() as session:
            yield session

    return get_db


def async_dependency(url: str) -> Any:
    """The same over AsyncSessions; they expire on commit, as SQLAlchemy has it unless told otherwise."""
    # No pool: the test client runs each request on an event loop of its own.
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"), poolclass=NullPool)
    configure_sqlite(engine)
    sessions = async_sessionmaker(engine)

    async def get_db() -> AsyncIterator[AsyncSession]:
        async with sessions() as session:
            yield session

    return get_db


def main() -> None:
    """Serve the application: rest_app.py URL sync|async PORT."""
    import uvicorn

    url, kind, port = sys.argv[1:]
    with example(url, is_async=kind == "async") as made:
        with made.sessions.begin() as session:
            failed = [QuoteTracking(isin=f"F{number}", status="FAILED", attempts=1) for number in range(20)]
            session.add_all(failed)
        uvicorn.run(made.app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main()
