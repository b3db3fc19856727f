"""One command runs the benchmarks and keeps what they measured; the figures are for people, not for tests."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)


def test_scripts_run_and_name_their_targets() -> None:
    command = [sys.executable, str(BENCHMARKS / "all.py"), "--tiny", "--only", "bulk", "legacy", "codemod"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines if not line.startswith(" ")] == [
        *("bulk", "legacy", "codemod")
    ]
    targets = [line[90:].split() for line in lines if line.startswith("  ")]
    assert [words[:3] for words in targets] == [
        *(["at", "most", "1.5"], ["at", "least", "0.9"]),
        *([], ["at", "most", "2"], [], []),
        ["at", "most", "1.5"],
    ]


def test_a_script_that_did_not_run_keeps_its_figures_and_their_day(tmp_path: Path) -> None:
    from figure import Figure
    from results import Result, read, write

    file, page = tmp_path / "results.json", tmp_path / "page.md"
    assert read(file) == {}
    first = Result("2026-01-01", 7, "one core", [Figure("a sweep, times another", 12, most=10)])
    write({"queries": first}, file, page)
    second = Result("2026-02-02", 8, "two cores", [Figure("sent, times a loop", 0.95, least=0.9)])
    write(read(file) | {"bulk": second}, file, page)
    assert read(file) == {"queries": first, "bulk": second}
    text = page.read_text()
    assert "| a sweep, times another | 12.00 | at most 10 | **missed** |" in text
    assert "| sent, times a loop | 0.95 | at least 0.9 | met |" in text
    assert "2026-01-01, 7 s. one core." in text
    assert "2026-02-02, 8 s. two cores." in text


def test_the_page_is_what_is_kept() -> None:
    from results import TITLES, read, rendered

    kept = read(BENCHMARKS / "results.json")
    assert set(kept) <= set(TITLES)
    assert (ROOT / "docs/reference/benchmarks.md").read_text() == rendered(kept)
    assert json.loads((BENCHMARKS / "results.json").read_text()).keys() == kept.keys()


def test_trackers_are_compared_with_the_floor_and_with_bare_celery() -> None:
    runtime = importlib.import_module("runtime")  # the script, which no import may be taken for
    names = ("bare", "database backend", "naive ORM", "floor", "ours")
    costs = {
        name: runtime.Cost(1.0, process, 1.0)
        for name, process in zip(names, (1.0, 8.0, 4.0, 1.0, 2.0), strict=True)
    }
    found = {figure.what: (figure.value, figure.verdict) for figure in runtime.compared(costs)}
    assert found["worked off a second, times the floor's"] == (0.5, "**missed**")
    assert found["worked off a second, times the database backend's"] == (4.0, "met")
    assert found["worked off a second, times the naive ORM's"] == (2.0, "met")
    assert found["ours: worked off a second, times bare Celery's"] == (0.5, "")
    assert len(found) == 4 + 2 * (len(names) - 1)


def test_lint_figures_are_held_to_the_goals_and_to_a_small_tree() -> None:
    lint = importlib.import_module("lint")
    names = ("ruff cold", "ruff warm", "cold", "warm", *(goal.name for goal in lint.GOALS))
    small = {name: lint.Cost(1.0, 100) for name in names}
    large = {name: lint.Cost(12.0, 450 if name == "cold" else 100) for name in names}
    *goals, memory, growth = lint.compared(small, large, ratio=10)
    assert [figure.verdict for figure in goals] == ["met"] * 5 + ["**missed**"]
    assert (memory.value, memory.unit, memory.verdict) == (450, " MB", "**missed**")
    assert growth.value == pytest.approx(1.2)
