"""What only a database can refuse, through a schema without limits, on every driver."""

from collections.abc import Iterator
from typing import Any

import pytest
import rest_app
from fastapi.testclient import TestClient
from rest_app import LooseCreate

DRIVERS = ["postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg", "sqlite", "sqlite+aiosqlite"]


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    """Each driver once."""
    return str(request.param)


@pytest.fixture
def loose(request: pytest.FixtureRequest, driver: str, sent: Any) -> Iterator[TestClient]:
    """The example application, whose schema has no limits."""
    is_async = driver.endswith(("asyncpg", "aiosqlite"))
    is_postgresql = driver.startswith("postgresql")
    url: str = request.getfixturevalue("postgres_url" if is_postgresql else "sqlite_url")
    used = url if is_async and not is_postgresql else driver + url[url.index(":") :]
    with rest_app.example(url, is_async=is_async, create=LooseCreate, request_url=used) as made:
        yield TestClient(made.app)


def test_a_value_that_no_column_holds_is_the_callers_mistake(loose: TestClient, driver: str) -> None:
    refused = 201 if driver.startswith("sqlite") else 422  # SQLite holds any text

    def status(**body: Any) -> int:
        return loose.post("/tasks/quote", json=body).status_code

    assert status(isin="x", count=2**70) == 422
    assert status(isin="x\x00") == refused
    assert status(isin="x" * 5_000) == refused
    assert status(isin="x") == 201


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "postgresql+psycopg2://nobody@127.0.0.1:1/none",
        "postgresql+asyncpg://nobody@127.0.0.1:1/none",
        "sqlite:////no/such/folder/file.db",
    ],
)
def test_a_database_that_is_away_is_no_fault_of_the_service(sqlite_url: str, url: str) -> None:
    with rest_app.example(sqlite_url, is_async="asyncpg" in url, request_url=url) as made:
        answer = TestClient(made.app).get("/tasks/quote")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
