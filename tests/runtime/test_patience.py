"""Which errors say that nobody is there to answer."""

import importlib
from typing import Any

import pytest

from trackwright.jobs.patience import is_away

ASYNCPG: Any = importlib.import_module("asyncpg.exceptions")  # it has no types


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (ASYNCPG.CannotConnectNowError("the database system is starting up"), True),
        (ASYNCPG.ConnectionDoesNotExistError("closed in the middle"), True),
        (ASYNCPG.UniqueViolationError("twice"), False),
        (ConnectionRefusedError(), True),
        (ValueError(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_asyncpg_raises_where_it_connects_is_known(error: Exception, *, away: bool) -> None:
    assert is_away(error) is away
