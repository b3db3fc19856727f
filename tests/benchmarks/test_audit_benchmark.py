"""The benchmark of the audit still runs; its figures are for people, not for tests."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "audit.py"


def test_it_compares_an_audit_with_a_cold_lint() -> None:
    command = [sys.executable, str(BENCHMARK), "--files", "40", "--commits", "45", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    names = [line[:16].strip() for line in done.stdout.splitlines()]
    assert names == ["", "lint, cold", "audit", "audit, again"]
