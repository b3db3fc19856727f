"""Whatever a client sends, the answers are those that OpenAPI promises, and no server error."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import rest_app
from servers import free_port

MORE = os.environ.get("TRACKWRIGHT_REST_EXAMPLES")
"""Cases per endpoint, random ones, and sequences of requests: `make test-rest` asks for them."""
ALL = ("--phases", "examples,coverage,fuzzing,stateful", "--generation-database", "none")
KINDS = {
    ("postgresql", True): ("--phases", "coverage", "--generation-deterministic"),
    ("sqlite", False): ("--phases", "fuzzing", "--max-examples", "10", "--generation-deterministic"),
    ("postgresql", False): None,
    ("sqlite", True): None,
}
"""Database, and whether sessions are async: what `make test` asks of it."""
SERVER = Path(rest_app.__file__)


@pytest.fixture(params=[kind for kind, few in KINDS.items() if MORE or few], ids=str)
def kind(request: pytest.FixtureRequest) -> tuple[str, bool]:
    """A database, and whether its sessions are async."""
    chosen: tuple[str, bool] = request.param
    return chosen


@pytest.fixture
def served(request: pytest.FixtureRequest, kind: tuple[str, bool]) -> Iterator[str]:
    """The example application behind a real server; its address."""
    name, is_async = kind
    url: str = request.getfixturevalue("postgres_url" if name == "postgresql" else "sqlite_url")
    port = free_port()
    command = [sys.executable, str(SERVER), url, "async" if is_async else "sync", str(port)]
    with subprocess.Popen(command) as server:
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def test_schemathesis_finds_nothing(served: str, kind: tuple[str, bool], tmp_path: Path) -> None:
    chosen = (*ALL, "--max-examples", MORE) if MORE else KINDS[kind] or ()
    result = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{served}/openapi.json"),
            *("--wait-for-schema", "60", "--checks", "all", "--suppress-health-check", "all"),
            *("--continue-on-failure", "--no-color", *chosen),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
