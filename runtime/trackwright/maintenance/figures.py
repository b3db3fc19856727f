"""The figures of a registered domain, over its own database."""

from datetime import datetime, timedelta

from trackwright import figures as of_models
from trackwright.figures import DomainFigures, Read, Window
from trackwright.jobs.database import Database, database_of
from trackwright.registry import Domain

__all__ = ["DomainFigures", "Window", "figures", "longest_wait", "window_of"]


def figures(domain: Domain, *, window: timedelta) -> DomainFigures:
    """Read the figures of a domain."""
    database = database_of(domain.session_factory, domain.model)
    return of_models.figures_of(domain.model, _reader(database), window=window)


def longest_wait(domain: Domain, database: Database, now: datetime) -> float | None:
    """Seconds since the longest waiting row became due."""
    return of_models.longest_wait(domain.model, _reader(database), now)


def window_of(domain: Domain, database: Database, *, now: datetime, length: timedelta) -> Window:
    """How the rows that were made within a length of time before now stand."""
    return of_models.window_of(domain.model, _reader(database), now=now, length=length)


def _reader(database: Database) -> Read:
    return lambda statement: database.all(statement, {})
