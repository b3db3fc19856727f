"""A run with nothing to do is remembered, and forgotten as soon as anything is not as it was."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from imported_packages import imported_by
from target_projects import target_project

from trackwright_gen.cli import unchanged
from trackwright_gen.cli.group import trackwright

SPEC = Path("tracking/etf_price_update.yaml")
MODEL = Path("app/models/etf_price_update.py")


def generate(root: Path, *arguments: str) -> str:
    """What a run says."""
    result = CliRunner().invoke(trackwright, ["generate", "-C", str(root), *arguments])
    assert result.exit_code in {0, 1, 2}
    return f"{result.exit_code} {result.output}"


def is_remembered(root: Path) -> bool:
    """Whether there is an answer for the plain run."""
    return unchanged.said_before(unchanged.Request(root, (), dict.fromkeys(PARTS))) is not None


PARTS = ("base", "session", "celery", "alembic", "layout")


@pytest.fixture
def remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose last run had nothing to do and is remembered."""
    root = target_project(tmp_path / "project", layout="layered", is_async=False)
    (root / "app" / "models" / "etf.py").touch()
    generate(root)
    text = (root / MODEL).read_text()
    (root / MODEL).write_text(text + "# mine\n")
    with monkeypatch.context() as patched:
        patched.setattr(unchanged, "SETTLED", 0)
        assert "edited by you" in generate(root)
    assert is_remembered(root)
    return root


def edited_in_place(path: Path) -> None:
    """Another text of the same length, and the file's time set back."""
    before = path.stat()
    path.write_text(path.read_text().replace("price_positive", "price_Positive"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a spec edited to the same length and time": lambda root: edited_in_place(root / SPEC),
    "a spec deleted": lambda root: (root / SPEC).unlink(),
    "a spec more": lambda root: (root / "tracking" / "more.yaml").write_text("domain: more\n"),
    "a generated file edited": lambda root: (root / "app/crud/etf_price_update.py").write_text("#\n"),
    "a generated file deleted": lambda root: (root / MODEL).unlink(),
    "a page deleted": lambda root: (root / "docs/tracking/etf_price_update.md").unlink(),
    "a registration taken out": lambda root: (root / "app/models/__init__.py").write_text(
        "\n".join(
            line
            for line in (root / "app/models/__init__.py").read_text().splitlines()
            if "EtfPriceUpdate" not in line
        )
    ),
    "a second head": lambda root: (root / "migrations/versions/0002_x.py").write_text(
        'revision = "0002"\ndown_revision = "0001"\n'
    ),
    "a snapshot gone": lambda root: (root / ".trackwright/etf_price_update/schema.json").unlink(),
    "other settings": lambda root: (root / "trackwright.toml").write_text('layout = "package"\n'),
    "settings of ruff": lambda root: (root / "ruff.toml").write_text("line-length = 60\n"),
    "settings of ruff for one folder": lambda root: (root / "app/tasks/ruff.toml").write_text(
        "line-length = 60\n"
    ),
    "settings of ruff above": lambda root: (root.parent / "ruff.toml").write_text("line-length = 60\n"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_changes_is_noticed(remembered: Path, change: Callable[[Path], object]) -> None:
    said = generate(remembered)
    change(remembered)
    assert not is_remembered(remembered)
    assert generate(remembered, "--check") != said


def test_the_answer_is_the_same_and_costs_no_imports(remembered: Path) -> None:
    fresh = generate(remembered, "--dry-run", "--layout", "layered")
    assert generate(remembered) == fresh
    assert "edited by you" in fresh
    assert imported_by("generate", folder=remembered) == set()
    assert imported_by("generate", "--check", folder=remembered) == set()
    assert "pydantic" in imported_by("generate", "--layout", "layered", folder=remembered)


def test_a_change_of_the_surroundings_is_noticed(remembered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_remembered(remembered)
    with monkeypatch.context() as patched:
        patched.setenv("RUFF_CONFIG", "x.toml")
        assert not is_remembered(remembered)
    with monkeypatch.context() as patched:
        patched.setenv("XDG_CONFIG_HOME", str(remembered.parent))
        assert is_remembered(remembered)
        (remembered.parent / "ruff").mkdir()
        (remembered.parent / "ruff" / "ruff.toml").write_text("line-length = 60\n")
        assert not is_remembered(remembered)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "version", "3.99")
        assert not is_remembered(remembered)
    assert is_remembered(remembered)


@pytest.mark.parametrize("mode", ["--check", "--diff", "--dry-run"])
def test_a_run_that_writes_nothing_remembers_nothing(tmp_path: Path, mode: str) -> None:
    root = target_project(tmp_path / "project", layout="layered", is_async=False)
    generate(root)
    generate(root, mode)
    assert not (root / unchanged.FOLDER).exists()


def test_a_run_right_after_a_change_is_not_remembered(remembered: Path) -> None:
    (remembered / "app" / "fresh.py").touch()
    generate(remembered)
    assert not is_remembered(remembered)


@pytest.mark.parametrize("place", ["../elsewhere", ".hidden", "build", "linked"])
def test_places_out_of_sight_are_not_relied_on(tmp_path: Path, place: str) -> None:
    root = tmp_path / "root"
    (root / "real").mkdir(parents=True)
    (root / "linked").symlink_to(root / "real")
    assert unchanged.is_covered(root, [root / "real", root / "real" / "x.py"])
    assert not unchanged.is_covered(root, [root / place / "x.py"])


def test_a_template_of_a_strange_name_is_not_relied_on(tmp_path: Path) -> None:
    root = target_project(tmp_path / "project", layout="layered", is_async=False)
    (root / "mine").mkdir()
    (root / "mine" / "_head.txt").write_text("x")
    assert unchanged.is_covered(root, [root / "mine"])
    assert not unchanged.is_covered(root, [root / "mine", *(root / "mine").rglob("*")])
