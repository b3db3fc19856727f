"""Which tracking row a legacy row became: the copy's own memory, and what old ids are looked up by."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import BigInteger, Column, Connection, MetaData, String, Table, Text

from trackwright.column_types import UtcDateTime

NAME = "trackwright_legacy_links"


@dataclass(frozen=True, slots=True)
class LegacyLink:
    """One legacy row, and its tracking row or the reason why it has none."""

    source: str
    source_id: str
    tracking_id: int | None
    reason: str | None


@cache
def legacy_links(schema: str | None = None) -> Table:
    """The table of links beside the tracking tables of a schema.

    Not among the project's own tables: it is made when the copying begins, and dropped when all is over.
    """
    return Table(
        NAME,
        MetaData(),
        # The key that differs comes first: an index compares from the left.
        Column("source_id", String(255), primary_key=True),
        Column("source", String(127), primary_key=True),
        Column("domain", String(37), primary_key=True),
        Column("tracking_id", BigInteger),
        Column("fingerprint", Text, nullable=False),
        Column("row_updated_at", UtcDateTime),
        Column("reason", Text),
        schema=schema,
    )


def has_links(connection: Connection, schema: str | None = None) -> bool:
    """Whether any copying has begun in this schema."""
    return connection.dialect.has_table(connection, NAME, schema=schema)
