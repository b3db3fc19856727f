"""A project on fresh servers, of each kind that is supported."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from projects import Project, loaded


@pytest.fixture(params=["postgresql+redis", "postgresql, asyncpg+redis", "sqlite+filesystem"])
def servers_kind(request: pytest.FixtureRequest) -> str:
    """Which servers the project uses."""
    kind: str = request.param
    return kind


@pytest.fixture
def app_name() -> str:
    """The module with the project's Celery app; tests of another project say so."""
    return "price_app"


@pytest.fixture
def project(
    servers_kind: str,
    app_name: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Project]:
    """The project on fresh servers."""
    environment: dict[str, str] = {}
    if servers_kind.endswith("redis"):
        redis_url: str = request.getfixturevalue("redis_url")
        queue = {"BROKER_URL": redis_url, "QUEUE": f"q{uuid.uuid4().hex}"}
        url: str = request.getfixturevalue("postgres_url")
        environment |= {"DATABASE_URL": url, **queue}
        if "asyncpg" in servers_kind:
            environment["ASYNC_DATABASE_URL"] = url.replace("+psycopg", "+asyncpg", 1)
    else:
        (tmp_path / "broker").mkdir()
        environment |= {
            "DATABASE_URL": request.getfixturevalue("sqlite_url"),
            "BROKER_URL": "filesystem://",
            "BROKER_FOLDER": str(tmp_path / "broker"),
        }
    yield from loaded(app_name, environment, tmp_path, monkeypatch)
