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
