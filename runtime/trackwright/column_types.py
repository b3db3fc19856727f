"""Column types of the base structure that both databases read back alike."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware, always UTC: TIMESTAMPTZ on PostgreSQL, UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True
    # `alembic revision --autogenerate` writes a type of ours by its module, which no revision imports. As one of
    # SQLAlchemy's it writes sa.DateTime(timezone=True), which is what the column is.
    __module__ = "sqlalchemy.types"

    def __repr__(self) -> str:
        return "DateTime(timezone=True)"

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; on SQLite store UTC without an offset.

        Raises:
            ValueError: the value carries no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive datetime {value!r}: use an aware one, such as datetime.now(UTC)"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's
        """Give the moment in UTC, whatever the connection's time zone is."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
