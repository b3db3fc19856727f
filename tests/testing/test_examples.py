"""Made-up values of required columns: every type of the generator's fields, and what nobody can make up."""

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import String, create_engine, inspect, types
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker
from typed_models import Base, TypedTracking

from trackwright import TaskTrackingMixin
from trackwright.core_columns import CORE_COLUMNS
from trackwright.testing.examples import examples_for
from trackwright.testing.factory import TrackingFactory
from trackwright.testing.rows import Place


class Required(DeclarativeBase):
    """A base of its own."""


class Range(types.UserDefinedType[Any]):
    """A type that nobody knows."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """What the database calls it."""
        return "int4range"


class RangeTracking(TaskTrackingMixin, Required):
    """A domain with a column for which nothing can be made up."""

    __tablename__ = "range_task_tracking"
    span: Mapped[Any] = mapped_column(Range())


class ShortTracking(TaskTrackingMixin, Required):
    """A domain with a text that is shorter than its name."""

    __tablename__ = "short_task_tracking"
    currency: Mapped[str] = mapped_column(String(3))
    day: Mapped[dt.date]
    key: Mapped[uuid.UUID]
    maybe: Mapped[str | None]
    standard: Mapped[int] = mapped_column(default=7)


def test_only_what_an_insert_cannot_do_without() -> None:
    assert examples_for(ShortTracking, 4, given={"day"}) == {"currency": "004", "key": uuid.UUID(int=4)}


def test_an_unknown_type_is_asked_for() -> None:
    with pytest.raises(
        TypeError, match=r"range_task_tracking\.span is .*tracking_factory\(RangeTracking, span="
    ):
        examples_for(RangeTracking, 1, given=())
    assert examples_for(RangeTracking, 1, given={"span"}) == {}


def test_every_type_is_taken_by_its_database(database_url: str) -> None:
    columns: Any = inspect(TypedTracking).columns
    required = {column.key: column for column in columns if column.name not in CORE_COLUMNS}
    engine = create_engine(database_url)
    kept = {name: column.nullable for name, column in required.items()}
    try:
        for column in required.values():
            column.nullable = False
        Base.metadata.create_all(engine)
        factory = TrackingFactory(Place(sessionmaker(engine), (TypedTracking,)))
        first, second = factory(TypedTracking), factory(TypedTracking)
        assert all(getattr(row, name) is not None for row in (first, second) for name in required)
    finally:
        for name, column in required.items():
            column.nullable = kept[name]
        engine.dispose()
