"""`trackwright init` finds what a project is, asks what only a person knows, and writes it down once."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import unseen_projects as unseen
from click.testing import CliRunner, Result
from file_tree import write_tree

from trackwright_gen.cli.group import trackwright
from trackwright_gen.config import Settings, find_settings

TWO_APPS = unseen.LAYERED | {"app/other.py": "from celery import Celery\nsecond = Celery('second')\n"}


def test_settings_are_written_once(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.ASYNC)
    before = (root / "pyproject.toml").read_text()
    result = _init(root)
    assert result.exit_code == 0
    assert result.stdout == (
        "base      orders.database:Base\n"
        "session   orders.database:async_session (async)\n"
        "celery    orders.worker:app\n"
        "alembic   alembic.ini (head: no revision yet)\n"
        "layout    package in orders\n"
        "database  postgresql\n"
        "wrote the settings into pyproject.toml\n"
        "note: migrations/env.py runs all migrations in one transaction; changes of tables that do not lock them\n"
        "      need one each: trackwright init --transaction-per-migration\n"
        "next: trackwright new DOMAIN, then trackwright generate\n"
    )
    written = (root / "pyproject.toml").read_text()
    assert written.startswith(before)
    assert find_settings(root).settings == Settings(
        base="orders.database:Base",
        session="orders.database:async_session",
        celery="orders.worker:app",
        alembic="alembic.ini",
        layout="package",
    )
    again = _init(root)
    assert (again.exit_code, (root / "pyproject.toml").read_text()) == (0, written)
    assert "pyproject.toml says so already" in again.stdout


def test_env_py_is_edited_when_that_is_wanted(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.LAYERED)
    env = root / "alembic/env.py"
    before = env.read_text()
    assert "note: alembic/env.py" in _init(root).stdout
    assert env.read_text() == before
    assert "edited alembic/env.py" in _init(root, "--transaction-per-migration").stdout
    old = "target_metadata=target_metadata)"
    assert before.count(old) == 1
    assert env.read_text() == before.replace(
        old, "target_metadata=target_metadata, transaction_per_migration=True)"
    )
    assert "env.py" not in _init(root, "--transaction-per-migration").stdout


def test_a_project_without_pyproject_gets_a_file_of_its_own(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.LAYERED)
    assert _init(root).exit_code == 0
    assert not (root / "pyproject.toml").exists()
    assert (root / "trackwright.toml").read_text() == (
        'base = "app.db.base_class:Base"\n'
        'session = "app.db.session:SessionLocal"\n'
        'celery = "app.core.celery_app:celery_app"\n'
        'alembic = "alembic.ini"\n'
        'layout = "layered"\n'
    )


def test_flags_go_before_settings_and_are_written(tmp_path: Path) -> None:
    root = write_tree(tmp_path, TWO_APPS | {"trackwright.toml": 'celery = "app.other:second"  # why\n'})
    assert _init(root).exit_code == 0
    assert find_settings(root).settings.celery == "app.other:second"
    result = _init(root, "--celery", "app.core.celery_app:celery_app", "--layout", "package")
    assert result.exit_code == 0
    assert (
        (root / "trackwright.toml")
        .read_text()
        .startswith('celery = "app.core.celery_app:celery_app"  # why\n')
    )
    assert find_settings(root).settings.layout == "package"


def test_what_is_doubtful_is_an_error_without_a_terminal(tmp_path: Path) -> None:
    root = write_tree(tmp_path, TWO_APPS)
    result = _init(root)
    assert result.exit_code == 2
    assert "several objects could be the Celery app" in result.stderr
    assert "--celery" in result.stderr
    assert not (root / "trackwright.toml").exists()


def test_what_is_doubtful_is_asked_on_a_terminal(tmp_path: Path) -> None:
    root = write_tree(tmp_path, TWO_APPS)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "trackwright_gen", "init", "-C", str(root)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        os.write(ours, b"2\n")
        shown = _read_all(ours)
    os.close(ours)
    assert process.returncode == 0, shown
    assert "Which is the project's celery?" in shown
    assert find_settings(root).settings.celery == "app.other:second"


def _read_all(terminal: int) -> str:
    shown = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # Linux ends a terminal that nobody writes to any more so
            break
        if not part:
            break
        shown += part
    return shown.decode()


def test_an_empty_folder_is_told_everything_at_once(tmp_path: Path) -> None:
    result = _init(tmp_path)
    assert result.exit_code == 2
    for flag in ("--base", "--session", "--celery", "--alembic"):
        assert flag in result.stderr
    assert "Traceback" not in result.stderr


def test_unknown_settings_are_an_error_before_anything_else(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.LAYERED | {"trackwright.toml": "bass = 'x'\n"})
    result = _init(root)
    assert result.exit_code == 2
    assert "did you mean 'base'?" in result.stderr


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    root = write_tree(tmp_path, unseen.LAYERED)
    (root / "trackwright.toml").mkdir()
    result = _init(root)
    assert result.exit_code == 2
    assert "trackwright.toml" in result.stderr


@pytest.mark.parametrize("content", ["[tool.trackwright\n", "\x00"])
def test_a_broken_pyproject_is_named(tmp_path: Path, content: str) -> None:
    root = write_tree(tmp_path, unseen.LAYERED | {"pyproject.toml": content})
    result = _init(root)
    assert result.exit_code == 2
    assert "pyproject.toml:1:1: not valid TOML" in result.stderr


def _init(root: Path, *options: str) -> Result:
    return CliRunner().invoke(trackwright, ["init", "-C", str(root), *options])
