"""Auditing a history against one cold lint of its head: python benchmarks/audit.py [--files 150] [--commits 300].

The two take turns, so that what the machine does meanwhile meets both; the median of the rounds counts. The audit
writes its page, blames what it found, and has no cache; the one again has what an earlier one left.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from audit_history import build_history
from figure import Figure

COMMAND = Path(sys.executable).with_name("trackwright")
MOST = 10
"""What an audit may cost, in cold lints."""


def run(root: Path, files: int, commits: int, rounds: int) -> dict[str, float]:
    """The median seconds of each command."""
    build_history(root, files, commits)
    audit = ("audit", "--commits", str(commits), "--output", str(root / "audit.html"))
    commands = {
        "lint, cold": ("lint", "--no-cache", "--statistics"),
        "audit": (*audit, "--no-cache"),
        "audit, again": audit,
    }
    _timed(root, *audit)  # leaves what the one again has
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seconds[name].append(_timed(root, *command))
    return {name: statistics.median(found) for name, found in seconds.items()}


def figures(*, tiny: bool) -> list[Figure]:
    """The audit with its target, and the one that follows."""
    files, commits = (40, 45) if tiny else (150, 300)
    with tempfile.TemporaryDirectory() as folder:
        seconds = run(Path(folder) / "tree", files, commits, 1 if tiny else 3)
    lint = seconds["lint, cold"]
    size = f"of {commits} commits with {files} files, times one cold lint of the head"
    return [
        Figure(f"audit {size}", seconds["audit"] / lint, most=MOST),
        Figure(f"audit again {size}", seconds["audit, again"] / lint),
    ]


def report(seconds: dict[str, float]) -> str:
    """Seconds, and what they are to the cold lint."""
    lines = [f"{'':<16}{'seconds':>9}{'ratio':>8}{'most':>6}"]
    for name, each in seconds.items():
        most = f"{MOST:>6}" if name == "audit" else ""
        lines.append(f"{name:<16}{each:>9.2f}{each / seconds['lint, cold']:>8.1f}{most}")
    return "\n".join(lines)


def _timed(root: Path, *command: str) -> float:
    began = time.perf_counter()
    done = subprocess.run([COMMAND, *command], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 -- our own words
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr)
    return time.perf_counter() - began


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=150)
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(report(run(Path(folder) / "tree", given.files, given.commits, given.rounds)))
