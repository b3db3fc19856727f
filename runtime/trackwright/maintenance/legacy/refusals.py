"""The report of legacy rows that have no tracking row, or no longer the same story as theirs."""

from sqlalchemy import Connection, select

from trackwright.legacy import LegacyLink, has_links
from trackwright.maintenance.legacy.move import Move


def refusals(move: Move, connection: Connection) -> tuple[LegacyLink, ...]:
    """Every legacy row with a reason, in the order of its key's text."""
    if not has_links(connection, move.links.schema):
        return ()
    links = move.links.c
    statement = (
        select(links.source, links.source_id, links.tracking_id, links.reason)
        .where(links.source == move.name, links.domain == move.domain, links.reason.is_not(None))
        .order_by(links.source_id)
    )
    return tuple(LegacyLink(*row) for row in connection.execute(statement))
