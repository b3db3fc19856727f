"""What may go wrong before a command can do its work: each has one message, exit code 2 and no traceback."""

from pathlib import Path
from typing import Any

import pytest

COMMANDS = (
    ["sweep"],
    ["prune"],
    ["stats"],
    ["doctor"],
    ["cancel", "order", "1", "--reason", "none"],
    ["retry", "order", "1"],
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here."""
    return sqlite_url


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_database_that_is_down(ops: Any, command: list[str]) -> None:
    ended = ops.run(*command, DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert ended.code == 2
    assert "the database says: connection failed" in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("command", [one for one in COMMANDS if one != ["doctor"]], ids=lambda one: one[0])
def test_a_table_that_is_not_there(ops: Any, command: list[str], tmp_path: Path) -> None:
    ended = ops.run(*command, DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")
    assert ended.code == 2
    assert "no such table: order_task_tracking" in ended.err


@pytest.mark.parametrize(
    ("app", "message"),
    [
        pytest.param("nowhere:app", "No module named 'nowhere'", id="no such module"),
        pytest.param("ops_app", "package.module:name", id="no name"),
        pytest.param("ops_app:missing", "has no attribute 'missing'", id="no such name"),
        pytest.param("ops_app:engine", "is a Engine, not a Celery app", id="no Celery app"),
        pytest.param("broken:app", "KeyError: 'SETTING'\n  at ", id="its import fails"),
        pytest.param("empty:app", "has no tracked task", id="no domains"),
    ],
)
def test_an_app_that_cannot_be_had(ops: Any, app: str, message: str) -> None:
    (ops.folder / "broken.py").write_text('import os\nos.environ["SETTING"]\n')
    (ops.folder / "empty.py").write_text("from celery import Celery\napp = Celery()\n")
    ended = ops.run("stats", app=app)
    assert ended.code == 2
    assert message in ended.err


def test_an_unknown_domain_names_the_known_ones(ops: Any) -> None:
    ended = ops.run("stats", "--domain", "ordre")
    assert ended.code == 2
    assert "no tracked domain ordre" in ended.err
    assert "order, report" in ended.err


def test_a_length_of_time_that_is_none(ops: Any) -> None:
    ended = ops.run("stats", "--window", "soon")
    assert ended.code == 2
    assert "'soon' is no length of time; write 90s" in ended.err
