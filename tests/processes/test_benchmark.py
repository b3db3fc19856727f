"""The benchmarks of the runtime still run; their figures are for people, not for tests."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize(
    ("script", "options", "expected"),
    [
        (
            "runtime.py",
            ["--tasks", "20", "--rounds", "1", "--trackers", "floor", "ours"],
            ["tracker", "floor", "ours"],
        ),
        (
            "bulk.py",
            ["--rows", "100", "--messages", "20", "--rounds", "1"],
            ["create_many,", "enqueue_many,"],
        ),
        (
            "queries.py",
            ["--rows", "3000", "--rounds", "1"],
            [
                "3,000",
                "get_active_tasks(limit=100)",
                *["get_by_status,"] * 2,
                "get_by_celery_task_id",
                "a",
                "a",
            ],
        ),
    ],
)
def test_it_says_what_was_measured(script: str, options: list[str], expected: list[str]) -> None:
    command = [sys.executable, str(BENCHMARKS / script), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == expected


def test_so_few_tasks_that_no_tick_of_the_processors_clock_passed_still_make_a_table() -> None:
    code = "import runtime; print(runtime.report({'floor': runtime.Cost(1, 1, 0)}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BENCHMARKS, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[1].split() == ["floor", "1.00", "1.00", "nan"]
