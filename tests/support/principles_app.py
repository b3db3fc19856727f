"""The two example tasks of principles 4.3, written by hand with the utilities of 3.4, for real workers.

Corrected where their samples cannot work: table names, the reserved attribute, who awaits a coroutine.
"""

import datetime as dt
import os
from decimal import Decimal
from typing import Any

from celery import Celery
from sqlalchemy import Date, Numeric, String, create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from trackwright import Backoff, BaseTaskTrackingService, SyncTaskTrackingService, TaskTrackingMixin
from trackwright.jobs import handwritten
from trackwright.jobs.handwritten import aio
from trackwright.maintenance import register_maintenance
from trackwright.sqlite import configure_sqlite

DATABASE_URL = os.environ["DATABASE_URL"]
engine = create_engine(DATABASE_URL)
SessionLocal = sessionmaker(engine, expire_on_commit=False)
async_engine = create_async_engine(DATABASE_URL.replace("sqlite:", "sqlite+aiosqlite:"))
AsyncSessionLocal: async_sessionmaker[AsyncSession] = async_sessionmaker(async_engine, expire_on_commit=False)
configure_sqlite(engine)
configure_sqlite(async_engine)
SOON = Backoff(base=0.2, jitter=False)


class Base(DeclarativeBase):
    """The project's base."""


class ETFPriceUpdateTracking(TaskTrackingMixin, Base):
    """A price per fund and day."""

    __tablename__ = "etf_price_update_task_tracking"
    etf_id: Mapped[str] = mapped_column(String(12))
    date: Mapped[dt.date] = mapped_column(Date)
    price: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    source: Mapped[str | None] = mapped_column(String(20))


class ContributionRealizationTracking(TaskTrackingMixin, Base):
    """A pension contribution."""

    __tablename__ = "contribution_realization_task_tracking"
    pension_id: Mapped[int]
    contribution_date: Mapped[dt.date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Numeric(20, 2))
    currency: Mapped[str] = mapped_column(String(3))


class ETFPriceUpdateService(SyncTaskTrackingService[ETFPriceUpdateTracking]):
    """Price updates, over sync sessions."""

    model = ETFPriceUpdateTracking

    def create_price_update(self, etf_id: str, day: dt.date) -> int:
        """A row for one fund and day."""
        return self.create_tracking(etf_id=etf_id, date=day)


class ContributionTrackingService(BaseTaskTrackingService[ContributionRealizationTracking]):
    """Contributions, over async sessions."""

    model = ContributionRealizationTracking

    async def create_contribution_tracking(self, pension_id: int, amount: Decimal, day: dt.date) -> int:
        """A row for one contribution."""
        return await self.create_tracking(
            pension_id=pension_id, contribution_date=day, amount=amount, currency="EUR"
        )


ETF = handwritten.register_domain(ETFPriceUpdateTracking, SessionLocal)
CONTRIBUTION = handwritten.register_domain(ContributionRealizationTracking, AsyncSessionLocal)

celery_app = Celery("principles_app", broker=os.environ["BROKER_URL"])
celery_app.conf.update(
    task_default_queue=os.environ.get("QUEUE", "celery"),
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)
if celery_app.conf.broker_url.startswith("filesystem"):
    folder = os.environ["BROKER_FOLDER"]
    celery_app.conf.broker_transport_options = {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": f"{folder}-control",
    }
register_maintenance(celery_app)


@celery_app.task(bind=True, name="update_etf_price", shared=False, ignore_result=True)
def update_etf_price(self: Any, tracking_id: int) -> None:
    """The simple task: price and COMPLETED are written in one transaction of its own service."""
    with SessionLocal() as db:
        service = ETFPriceUpdateService(db)
        try:
            handwritten.update_task_status(tracking_id, "PROCESSING", domain=service)
            row = service.get_status(tracking_id)
            row.price = Decimal("101.5")
            row.source = f"attempt {row.attempts}"
            _disturb(row.etf_id, row.attempts)
            handwritten.update_task_status(tracking_id, "COMPLETED", domain=service)
        except Exception as error:  # noqa: BLE001 -- as the principles write it
            handwritten.handle_task_error(self, tracking_id, error, domain=service, backoff=SOON)


@celery_app.task(bind=True, name="process_contribution", shared=False, ignore_result=True)
@handwritten.awaited
async def process_contribution(self: Any, tracking_id: int) -> None:
    """The complex task: async, by the domain's name."""
    try:
        await aio.update_task_status(tracking_id, "PROCESSING", domain=CONTRIBUTION)
        async with AsyncSessionLocal() as db:
            row = await ContributionTrackingService(db).get_status(tracking_id)
            _disturb(f"pension {row.pension_id}", row.attempts)
        await aio.update_task_status(tracking_id, "COMPLETED", domain=CONTRIBUTION)
    except Exception as error:  # noqa: BLE001 -- as the principles write it
        await aio.handle_task_error(self, tracking_id, error, domain=CONTRIBUTION, backoff=SOON)


def _disturb(what: str, attempt: int) -> None:
    """Fail once for the row that ends in 1, always for the row that ends in 2."""
    if what.endswith("2") or (what.endswith("1") and attempt == 1):
        message = f"{what} is not available"
        raise ConnectionError(message)
