"""`--fix`, `--unsafe-fixes` and `--diff` as people meet them, with a rule put beside the others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trackwright_gen.cli.group import trackwright
from trackwright_gen.lint import catalog
from trackwright_gen.lint import rules as rules_package

RULE = '''
"""An old name."""
from trackwright_gen.diagnostics import Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.rule import Finding

CODE = "TW998"
NAME = "old-name"


def check(project):
    for module in project.modules:
        for use in module.uses:
            name = getattr(use.expression, "id", "")
            if name in {"old", "risky"}:
                place = module.location(use.expression)
                fix = Fix("rename", (edits.replace(module, use.expression, "new"),), name == "old")
                yield Finding(f"{name} is old", place, (place.row, place.row), fix=fix)
'''
SOURCE = "from celery import shared_task\nprint(old)\nprint(risky)\n"


@pytest.fixture(autouse=True)
def _rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "old_name_of_a_test.py").write_text(RULE)
    monkeypatch.setattr(rules_package, "__path__", [*rules_package.__path__, str(tmp_path / "rules")])
    catalog.all_rules.cache_clear()
    yield
    catalog.all_rules.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of one file."""
    path = tmp_path / "project"
    path.mkdir()
    (path / "t.py").write_text(SOURCE)
    return path


def lint(folder: Path, *options: str) -> Result:
    """Run the command in a folder."""
    return CliRunner().invoke(
        trackwright, ["lint", "-C", str(folder), "--output-format", "concise", *options]
    )


def test_offers_what_it_could_fix(folder: Path) -> None:
    done = lint(folder)
    assert done.exit_code == 1
    assert done.output.splitlines()[2:] == [
        "Found 2 findings.",
        "1 fixable with `--fix`.",
        "1 fixable with `--fix --unsafe-fixes`: read what they change.",
    ]


def test_fixes_what_is_safe_and_reports_the_rest(folder: Path) -> None:
    done = lint(folder, "--fix")
    assert done.exit_code == 1
    assert (folder / "t.py").read_text() == SOURCE.replace("old", "new")
    assert done.output.splitlines()[:2] == [
        "t.py:3:7: TW998 risky is old",
        "Found 2 findings (1 fixed, 1 remaining).",
    ]


def test_fixes_all_when_told_to(folder: Path) -> None:
    done = lint(folder, "--fix", "--unsafe-fixes")
    assert (done.exit_code, done.output) == (0, "Found 2 findings (2 fixed, 0 remaining).\n")
    assert "risky" not in (folder / "t.py").read_text()


def test_shows_a_diff_and_writes_nothing(folder: Path) -> None:
    done = lint(folder, "--diff")
    assert done.exit_code == 1
    assert done.output == (
        "--- a/t.py\n+++ b/t.py\n@@ -1,3 +1,3 @@\n"
        " from celery import shared_task\n-print(old)\n+print(new)\n print(risky)\n"
    )
    assert (folder / "t.py").read_text() == SOURCE


def test_an_empty_diff_is_success(folder: Path) -> None:
    done = lint(folder, "--diff", "--ignore", "TW998")
    assert (done.exit_code, done.output) == (0, "")


def test_a_link_stays_one(folder: Path, tmp_path: Path) -> None:
    (folder / "t.py").rename(tmp_path / "elsewhere.py")
    (folder / "t.py").symlink_to(tmp_path / "elsewhere.py")
    assert lint(folder, "--fix").exit_code == 1
    assert (folder / "t.py").is_symlink()
    assert (tmp_path / "elsewhere.py").read_text() == SOURCE.replace("old", "new")
