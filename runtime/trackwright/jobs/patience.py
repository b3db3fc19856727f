"""Waiting for a database that is away for a moment: a restart, a failover, pooled connections that it ended.

Without it a worker would go through its whole queue meanwhile, and leave every message of it to the sweep.
"""

import itertools
import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError

from trackwright.error_text import describe

logger = logging.getLogger("trackwright.jobs")
ResultT = TypeVar("ResultT")
PATIENCE = 30.0
"""Seconds; whatever takes longer is left to the lease and the sweep."""
_LONGEST_PAUSE = 5.0
_NOBODY_THERE = ("08", "57P")
"""How PostgreSQL's codes begin for connections that break, and for a server that starts or stops."""


def patiently(
    work: Callable[[bool], ResultT], log_fields: Mapping[str, Any], *, patience: float = PATIENCE
) -> ResultT:
    """Do something with the database, again and again while nothing answers there.

    `work` is told whether it may have been done already: an answer may be lost after the commit. Without patience,
    there is one more try at once.

    Raises:
        Exception: what `work` raised, at once where the database has answered, else after `patience` seconds.
    """
    deadline = time.monotonic() + patience
    again = False
    for pause in _pauses():
        try:
            return work(again)
        except Exception as error:
            if not is_away(error) or (pause and time.monotonic() + pause > deadline):
                raise
            logger.warning("no database, waiting for it: %s", describe(error), extra=dict(log_fields))
        again = True
        time.sleep(pause)
    raise AssertionError  # the pauses never end


def _pauses() -> "itertools.chain[float]":
    # The first one is nothing: connections that the database ended while they lay in the pool are replaced.
    growing = (min(2.0**power / 4, _LONGEST_PAUSE) for power in itertools.count())
    return itertools.chain([0.0], (pause * random.uniform(0.5, 1.0) for pause in growing))  # noqa: S311 -- jitter


def is_away(error: BaseException) -> bool:
    """Whether nothing answered: no connection, or one that broke.

    Where it connects, asyncpg raises what its socket raised, and below SQLAlchemy 2.1 its own errors as they are.
    """
    if isinstance(error, IntegrityError):
        return False  # of a constraint that is checked at the commit: it names no statement either
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or error.statement is None
    state = getattr(error, "sqlstate", None)
    return isinstance(error, OSError) or (isinstance(state, str) and state.startswith(_NOBODY_THERE))
