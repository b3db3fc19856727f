"""What callers send and receive of etf_price_update."""

import datetime as dt
from decimal import Decimal

from pydantic import Field
from trackwright import (
    TaskTrackingCreate,
    TaskTrackingFilter,
    TaskTrackingInDB,
    TaskTrackingUpdate,
)


class EtfPriceUpdateCreate(TaskTrackingCreate):
    """What a caller gives for a new task."""

    etf_id: str = Field(max_length=12)
    date: dt.date
    price: Decimal | None = Field(default=None, max_digits=20, decimal_places=6)
    source: str | None = Field(default=None, max_length=50)


class EtfPriceUpdateUpdate(TaskTrackingUpdate):
    """What a caller may change; only what is given changes."""

    etf_id: str | None = Field(default=None, max_length=12)
    date: dt.date | None = None
    price: Decimal | None = Field(default=None, max_digits=20, decimal_places=6)
    source: str | None = Field(default=None, max_length=50)


class EtfPriceUpdateInDB(TaskTrackingInDB):
    """A row as it is read back."""

    etf_id: str
    date: dt.date
    price: Decimal | None
    source: str | None


class EtfPriceUpdateFilter(TaskTrackingFilter):
    """What a list of rows can be narrowed by."""

    etf_id: str | None = None
    date: dt.date | None = None
    price: Decimal | None = None
    source: str | None = None
