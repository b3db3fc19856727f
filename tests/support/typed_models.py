"""A tracking table with columns of many types, as generated domains have them."""

import enum
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from trackwright import TaskTrackingMixin


class Colour(enum.Enum):
    """Of an enumeration."""

    RED = "red"
    BLUE = "blue"


class Base(DeclarativeBase):
    """The project's base."""


class TypedTracking(TaskTrackingMixin, Base):
    """One column per type."""

    __tablename__ = "typed_task_tracking"

    a_string: Mapped[str] = mapped_column(String(12), server_default="")
    an_open_string: Mapped[str | None] = mapped_column(String)
    a_text: Mapped[str | None] = mapped_column(Text)
    an_integer: Mapped[int | None] = mapped_column(Integer)
    a_small: Mapped[int | None] = mapped_column(SmallInteger)
    a_big: Mapped[int | None] = mapped_column(BigInteger)
    a_float: Mapped[float | None] = mapped_column(Float)
    a_double: Mapped[float | None] = mapped_column(Double)
    a_decimal: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    a_whole_decimal: Mapped[Decimal | None] = mapped_column(Numeric(20))
    an_open_decimal: Mapped[Decimal | None] = mapped_column(Numeric)
    a_flag: Mapped[bool | None] = mapped_column(Boolean)
    a_day: Mapped[date | None] = mapped_column(Date)
    a_moment: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    a_naive_moment: Mapped[datetime | None] = mapped_column(DateTime)
    a_time: Mapped[time | None] = mapped_column(Time)
    a_length: Mapped[timedelta | None] = mapped_column(Interval)
    a_uuid: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    bytes_: Mapped[bytes | None] = mapped_column(LargeBinary)
    a_native_enum: Mapped[Colour | None] = mapped_column(Enum(Colour))
    a_plain_enum: Mapped[Colour | None] = mapped_column(Enum(Colour, native_enum=False, length=20))
    a_json: Mapped[Any | None] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    an_array: Mapped[Any | None] = mapped_column(JSON().with_variant(ARRAY(String(10)), "postgresql"))
