"""The benchmark of the linter still runs, and both linters see one tree; its figures are for people, not for tests."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "lint.py"


def test_it_compares_with_ruff(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCHMARK), "--files", "60", "--rounds", "1", "--keep", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    first, _, *figures = done.stdout.splitlines()
    assert first == "60 files; ruff sees 60"
    assert [line[:24].strip() for line in figures] == [
        *("ruff cold", "cold, two rules", "cold", "ruff filling", "filling", "ruff warm", "warm"),
        *("warm, a file changed", "warm, a task changed", "one file from stdin"),
    ]
