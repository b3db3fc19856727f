"""One example domain and its sessions, on both databases."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Date, Engine, Numeric, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from trackwright import SyncTaskTrackingService, TaskTrackingMixin
from trackwright.sqlite import configure_sqlite


class Base(DeclarativeBase):
    """The tests' declarative base."""


class PriceTracking(TaskTrackingMixin, Base):
    """A domain such as a project would have."""

    __tablename__ = "price_task_tracking"

    etf_id: Mapped[str] = mapped_column(String(12))
    day: Mapped[date | None] = mapped_column(Date)
    price: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))


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
