"""Gauges read from the tracking tables at every scrape: how many rows wait and run, how long the oldest waits."""

import logging
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from trackwright import query
from trackwright.jobs.database import Database, database_of
from trackwright.maintenance.figures import longest_wait
from trackwright.maintenance.pruning import database_time
from trackwright.metrics.backend import Reading
from trackwright.metrics.definitions import OLDEST_PENDING, ROWS, TABLE_READABLE
from trackwright.model import table_of
from trackwright.registry import Domain, domains
from trackwright.status import ACTIVE

logger = logging.getLogger("trackwright.metrics")


def table_gauges() -> Iterator[Reading]:
    """The gauges of every domain of this process.

    A table that cannot be read is logged and shows as trackwright_table_readable 0: one database that is away must
    not take the other domains, nor the counters, out of the scrape.
    """
    for domain in domains():
        try:
            readings = _read(domain)
        except (SQLAlchemyError, OSError):
            logger.exception("the gauges of %s cannot be read", domain.name, extra={"domain": domain.name})
            yield Reading(TABLE_READABLE, (domain.name,), 0)
        else:
            yield Reading(TABLE_READABLE, (domain.name,), 1)
            yield from readings


def _read(domain: Domain) -> list[Reading]:
    database = database_of(domain.session_factory, domain.model)
    counts = _active_rows(domain, database)
    wait = longest_wait(domain, database, database_time(database))
    return [
        *(Reading(ROWS, (domain.name, status.value), counts.get(status.value, 0)) for status in ACTIVE),
        Reading(OLDEST_PENDING, (domain.name,), 0 if wait is None else wait),
    ]


def _active_rows(domain: Domain, database: Database) -> dict[str, int]:
    # Finished rows are not counted: they are most of the table, and the counters say how many there were.
    column = table_of(domain.model).c.status
    active = query.has_status(domain.model, *ACTIVE)
    statement = select(column, func.count().label("rows")).where(active).group_by(column)
    return {row.status: row.rows for row in database.all(statement, {})}
