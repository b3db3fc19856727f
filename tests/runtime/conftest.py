"""One example domain and its sessions, on both databases."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from celery import Celery
from sqlalchemy import Date, Engine, Numeric, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from trackwright import Backoff, SyncTaskTrackingService, TaskTrackingMixin
from trackwright.dispatch import publisher
from trackwright.jobs import TaskRun, TrackedTask, tracked_task
from trackwright.sqlite import configure_sqlite


class Base(DeclarativeBase):
    """The tests' declarative base."""


class PriceTracking(TaskTrackingMixin, Base):
    """A domain such as a project would have."""

    __tablename__ = "price_task_tracking"

    etf_id: Mapped[str] = mapped_column(String(12))
    day: Mapped[date | None] = mapped_column(Date)
    price: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))


class ReportTracking(TaskTrackingMixin, Base):
    """A second domain, whose table's name sorts behind the first one's."""

    __tablename__ = "report_task_tracking"

    title: Mapped[str] = mapped_column(String(40))


class PriceService(SyncTaskTrackingService[PriceTracking]):
    """Its service."""

    model = PriceTracking


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine with the example's table in it."""
    made = create_engine(database_url)
    configure_sqlite(made)
    Base.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """The project's session factory."""
    return sessionmaker(engine, expire_on_commit=False)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One session."""
    with sessions() as opened:
        yield opened


@pytest.fixture
def model() -> type[PriceTracking]:
    """The example model: fixtures hand it over, because test folders are no packages."""
    return PriceTracking


@pytest.fixture
def service(session: Session) -> PriceService:
    """The example's service over the session."""
    return PriceService(session)


@pytest.fixture
def app() -> Celery:
    """A Celery app without a broker."""
    return Celery("tests", broker="memory://", set_as_current=False)


@pytest.fixture
def task(app: Celery, model: type[PriceTracking], sessions: sessionmaker[Session]) -> TrackedTask:
    """A tracked task whose body each test replaces."""

    @tracked_task(
        app, model, session_factory=sessions, name="prices.update", backoff=Backoff(base=40, jitter=False)
    )
    def update(run: TaskRun[Any]) -> None:
        raise NotImplementedError

    return update


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Countdowns of the messages that attempts send for themselves; none goes to a broker."""
    countdowns: list[float] = []
    monkeypatch.setattr(publisher, "publish", lambda message: countdowns.append(message.options["countdown"]))
    return countdowns


@pytest.fixture
def tracking_id(service: PriceService) -> int:
    """A committed PENDING row."""
    return service.create_tracking(etf_id="IE00", commit=True)


@pytest.fixture
def reports() -> type[ReportTracking]:
    """The model of a second domain."""
    return ReportTracking
