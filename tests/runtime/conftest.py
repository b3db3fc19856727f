"""One example domain and its sessions, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from celery import Celery
from sqlalchemy import Date, Engine, Numeric, String, create_engine, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from trackwright import Backoff, SyncTaskTrackingService, TaskTrackingMixin, query
from trackwright.dispatch import publisher
from trackwright.jobs import TaskRun, TrackedTask, tracked_task
from trackwright.model import table_of
from trackwright.sqlite import configure_sqlite
from trackwright.status import TrackingStatus


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


@pytest.fixture
def table(model: Any) -> Any:
    """The example's table."""
    return table_of(model)


@pytest.fixture
def an_hour_ago() -> datetime:
    """When all moments of `rows` are."""
    return datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def rows(engine: Engine, table: Any, an_hour_ago: datetime) -> Callable[..., list[int]]:
    """Insert one row of each status, all columns set, some otherwise; the ids in the statuses' order."""

    def make(**other: Any) -> list[int]:
        values = dict.fromkeys(("started_at", "completed_at", "lease_until", "dispatch_at"), an_hour_ago)
        row = {
            "scheduled_at": an_hour_ago,
            "updated_at": an_hour_ago,
            "created_at": an_hour_ago,
            "celery_task_id": "m1",
        }
        known = {"attempts": 2, "max_attempts": 5, "error_message": "old", "metadata": {"mine": 1}}
        with engine.begin() as connection:
            found = connection.execute(
                insert(table).returning(table.c.id, sort_by_parameter_order=True),
                [
                    {"status": status.value, "etf_id": "IE00", **values, **row, **known, **other}
                    for status in TrackingStatus
                ],
            )
            return [int(number) for number in found.scalars()]

    return make


@pytest.fixture
def run(engine: Engine, model: Any) -> Callable[..., list[Any]]:
    """Execute a statement; the rows that it returns."""

    def execute(statement: Any, **values: Any) -> list[Any]:
        with engine.begin() as connection:
            return list(connection.execute(statement, query.parameters(**values)))

    return execute


@pytest.fixture
def stored(engine: Engine, table: Any) -> Callable[[], dict[int, dict[str, Any]]]:
    """All rows of the table by id."""

    def read() -> dict[int, dict[str, Any]]:
        with engine.connect() as connection:
            return {row["id"]: dict(row) for row in connection.execute(select(table)).mappings()}

    return read
