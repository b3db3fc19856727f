"""What callers send and receive of contribution_realization."""

import datetime as dt
from decimal import Decimal

from pydantic import Field
from trackwright import (
    TaskTrackingCreate,
    TaskTrackingFilter,
    TaskTrackingInDB,
    TaskTrackingUpdate,
)


class ContributionRealizationCreate(TaskTrackingCreate):
    """What a caller gives for a new task."""

    pension_id: int
    contribution_date: dt.date
    amount: Decimal = Field(max_digits=20, decimal_places=2)
    currency: str = Field(default="EUR", max_length=3)


class ContributionRealizationUpdate(TaskTrackingUpdate):
    """What a caller may change; only what is given changes."""

    pension_id: int | None = None
    contribution_date: dt.date | None = None
    amount: Decimal | None = Field(default=None, max_digits=20, decimal_places=2)
    currency: str | None = Field(default=None, max_length=3)


class ContributionRealizationInDB(TaskTrackingInDB):
    """A row as it is read back."""

    pension_id: int
    contribution_date: dt.date
    amount: Decimal
    currency: str


class ContributionRealizationFilter(TaskTrackingFilter):
    """What a list of rows can be narrowed by."""

    pension_id: int | None = None
    contribution_date: dt.date | None = None
    amount: Decimal | None = None
    currency: str | None = None
