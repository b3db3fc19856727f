"""The benchmark of the generator still runs; its figures are for people, not for tests."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "generate.py"


def test_it_compares_generating_with_copying() -> None:
    command = [sys.executable, str(BENCHMARK), "--rounds", "1", "--domains", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = [line.split("  ")[0] for line in done.stdout.splitlines()]
    assert rows == [
        "what",
        "one new domain",
        "nothing to do",
        "nothing, unknown",
        "many domains",
        "trackwright --help",
    ]
