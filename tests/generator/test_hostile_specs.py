"""Hostile specs are refused or harmless: no text of theirs becomes code, and nothing outside the project changes."""

import ast
import os
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from file_tree import files_of
from hostile_specs import ACCEPTED, HOSTILE, MARK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_tools import run_tool
from sqlalchemy import create_engine, inspect
from target_projects import target_project

from trackwright_gen.cli.group import trackwright

EXAMPLES = int(os.environ.get("TRACKWRIGHT_HOSTILE_EXAMPLES", "60"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project in it, and a file beside it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "beside.txt").write_text("mine")
    root = target_project(folder / "project", layout="layered", is_async=False)
    for spec in (root / "tracking").iterdir():
        spec.unlink()
    return folder


@settings(
    max_examples=EXAMPLES,
    derandomize="TRACKWRIGHT_HOSTILE_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(text=HOSTILE, layout=st.sampled_from(["layered", "package"]))
def test_hostile_specs_are_refused_or_harmless(home: Path, text: str, layout: str) -> None:
    root = home / "project"
    (root / "tracking" / "victim.yaml").write_bytes(text.encode("utf-8", errors="surrogatepass"))
    before = files_of(home)
    result = CliRunner().invoke(trackwright, ["generate", "-C", str(root), "--layout", layout])
    assert isinstance(result.exception, SystemExit | None), text
    after = files_of(home)
    if result.exit_code == 0:
        assert harmless(home, before, after)
    else:
        assert result.exit_code == 2
        assert "Traceback" not in result.stderr
        assert after == before
    restore(home, before, after)


def harmless(home: Path, before: dict[str, bytes], after: dict[str, bytes]) -> bool:
    """Whether what was written lies in the project, and holds the hostile words in texts only."""
    written = [path for path, content in after.items() if before.get(path) != content]
    assert all(path.startswith("project/") for path in written)
    assert MARK not in "".join(written)
    for path in written:
        if path.endswith(".py"):
            assert marked_code(ast.parse((home / path).read_bytes())) == []
    return True


def marked_code(tree: ast.Module) -> list[str]:
    """What of a module is code, not text, and has a word of the payloads in it."""
    found = []
    for node in ast.walk(tree):
        words = [value for _, value in ast.iter_fields(node) if isinstance(value, str)]
        if not isinstance(node, ast.Constant) and any(MARK in word or word == "__import__" for word in words):
            found.append(ast.dump(node))
    return found


def restore(home: Path, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """Take back what a run wrote."""
    for path in after:
        if path not in before:
            (home / path).unlink()
    for path, content in before.items():
        (home / path).write_bytes(content)


def test_all_payloads_at_once_run_as_text(home: Path, tmp_path: Path, database_url: str) -> None:
    root = target_project(tmp_path / "project", layout="layered", is_async=False)
    for spec in (root / "tracking").iterdir():
        spec.unlink()
    (root / "tracking" / "victim.yaml").write_text(yaml.safe_dump(ACCEPTED))
    result = CliRunner().invoke(trackwright, ["generate", "-C", str(root)])
    assert result.exit_code == 0, result.output
    run_tool(root, "alembic", "upgrade", "head", DATABASE_URL=database_url)
    if database_url.startswith(
        "postgresql"
    ):  # on SQLite, Alembic compares defaults as text that it cuts first
        assert "No new upgrade operations" in run_tool(root, "alembic", "check", DATABASE_URL=database_url)
    quietly = ("-q", "-p", "no:cacheprovider", "-W", "error")
    assert "passed" in run_tool(root, "pytest", *quietly, "tests", DATABASE_URL=database_url)
    run_tool(root, "mypy", "--strict", "app", "tests", DATABASE_URL=database_url)
    assert list(tmp_path.rglob(f"*{MARK}*")) == []
    engine = create_engine(database_url)
    assert {"etfs", "victim_task_tracking"} <= set(inspect(engine).get_table_names())
    engine.dispose()
