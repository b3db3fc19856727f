"""The benchmark of the runtime still runs; its figures are for people, not for tests."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "runtime.py"


def test_it_compares_trackers() -> None:
    command = [
        sys.executable,
        str(BENCHMARK),
        "--tasks",
        "20",
        "--rounds",
        "1",
        "--trackers",
        "floor",
        "ours",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["tracker", "floor", "ours"]
