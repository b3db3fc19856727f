"""The tracking table of contribution_realization."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import conv

from app.models.base_task_tracking import BaseTaskTracking


class ContributionRealizationTracking(BaseTaskTracking):
    """Turns one planned pension contribution into a booked one."""

    __tablename__ = "contribution_realization_task_tracking"
    __max_attempts__ = 5
    __table_args__ = (
        CheckConstraint(
            "amount > 0", name=conv("ck_contribution_realization_task_amount_positive")
        ),
        Index(
            conv("uq_contribution_realization_task_pension_id_contributi_eb301d43"),
            "pension_id",
            "contribution_date",
            unique=True,
            postgresql_where=text("status IN ('PENDING', 'PROCESSING')"),
            sqlite_where=text("status IN ('PENDING', 'PROCESSING')"),
        ),
    )

    pension_id: Mapped[int] = mapped_column(
        Integer(),
        ForeignKey(
            "pension_etfs.id", name=conv("fk_contribution_realization_task_pension_id")
        ),
    )
    contribution_date: Mapped[dt.date] = mapped_column(Date())
    amount: Mapped[Decimal] = mapped_column(Numeric(20, 2))
    currency: Mapped[str] = mapped_column(
        String(3), default="EUR", server_default=text("'EUR'")
    )
