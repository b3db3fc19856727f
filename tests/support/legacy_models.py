"""A generic status table of old, and a domain that its rows shall become."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, DateTime, Numeric, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from trackwright import LegacyMapping, TaskTrackingMixin


class LegacyBase(DeclarativeBase):
    """The old application's base."""


# trackwright: exempt[TW308] reason="the legacy table whose rows are moved" approved-by="maintainers"
class OldStatus(LegacyBase):
    """The generic table of old."""

    __tablename__ = "task_status"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_type: Mapped[str] = mapped_column(String(50))
    status: Mapped[str | None] = mapped_column(String(20))
    resource_id: Mapped[str | None] = mapped_column(String(50))
    error: Mapped[str | None] = mapped_column(Text)
    retry_count: Mapped[int] = mapped_column(default=0)
    task_metadata: Mapped[Any] = mapped_column(JSON)
    priority: Mapped[int | None] = mapped_column()
    created_at: Mapped[datetime | None] = mapped_column(DateTime)
    updated_at: Mapped[datetime | None] = mapped_column(DateTime)
    finished_at: Mapped[datetime | None] = mapped_column(DateTime)


class Base(DeclarativeBase):
    """The new application's base."""


class PriceTracking(TaskTrackingMixin, Base):
    """The domain."""

    __tablename__ = "price_task_tracking"
    __legacy__ = LegacyMapping(
        "task_status",
        task_type="price",
        status={"parked": "PENDING"},
        fields={
            "resource_id": "etf_id",
            "retry_count": "attempts",
            "task_metadata.price": "price",
            "task_metadata.day": "day",
        },
    )
    etf_id: Mapped[str] = mapped_column(String(12), unique=True)
    price: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    day: Mapped[date | None] = mapped_column()


MOMENT = datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC).replace(tzinfo=None)
HOUR = timedelta(hours=1)
