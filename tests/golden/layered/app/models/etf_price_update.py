"""The tracking table of etf_price_update."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import conv

from app.models.base_task_tracking import BaseTaskTracking


class EtfPriceUpdateTracking(BaseTaskTracking):
    """Daily price refresh of one ETF."""

    __tablename__ = "etf_price_update_task_tracking"
    __table_args__ = (
        UniqueConstraint(
            "etf_id", "date", name=conv("uq_etf_price_update_task_etf_id_date")
        ),
        CheckConstraint(
            "price > 0", name=conv("ck_etf_price_update_task_price_positive")
        ),
        Index(conv("idx_etf_price_update_task_date"), "date"),
    )

    etf_id: Mapped[str] = mapped_column(
        String(12), ForeignKey("etfs.id", name=conv("fk_etf_price_update_task_etf_id"))
    )
    date: Mapped[dt.date] = mapped_column(Date())
    price: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    source: Mapped[str | None] = mapped_column(String(50))
