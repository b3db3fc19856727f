"""Pruning: delete finished rows when their retention is over, in short transactions, from any number of places."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from trackwright import query
from trackwright.clock import clock
from trackwright.jobs.database import Database, database_of
from trackwright.registry import Domain
from trackwright.retention import Retention

BATCH = 5_000
"""Rows per transaction: writers beside it wait no longer than for each other (2 s for a million rows)."""


@dataclass(frozen=True, slots=True)
class PruneResult:
    """How many rows of one domain pruning deleted."""

    domain: str
    deleted: int


def prune(domain: Domain, *, batch: int = BATCH) -> PruneResult:
    """Delete all rows of a domain whose retention is over."""
    return PruneResult(domain.name, sum(prune_batches(domain, batch=batch)))


def prune_batches(domain: Domain, *, batch: int = BATCH) -> Iterator[int]:
    """The same step by step: each step deletes one batch, commits, and gives how many rows it deleted."""
    database = database_of(domain.session_factory, domain.model)
    cutoffs = _retention(domain).cutoffs(database_time(database))
    after = query.BEGINNING
    while True:
        # From where the last batch ended: what must stay longer is not walked again by every batch.
        values = query.prune_parameters(cutoffs, after) | query.parameters(batch=batch)
        deleted: list[datetime] = [row[0] for row in database.all(query.prune(domain.model), values)]
        if not deleted:
            return
        after = max(deleted)
        yield len(deleted)


def count_prunable(domain: Domain) -> int:
    """How many rows pruning would delete now."""
    database = database_of(domain.session_factory, domain.model)
    cutoffs = _retention(domain).cutoffs(database_time(database))
    ((count,),) = database.all(query.prunable(domain.model), query.prune_parameters(cutoffs))
    return int(count)


def database_time(database: Database) -> datetime:
    """The database's clock now: the only one that all rows share."""
    ((now,),) = database.all(select(clock()), {})
    moment: datetime = now
    return moment


def _retention(domain: Domain) -> Retention:
    return domain.retention or Retention()
