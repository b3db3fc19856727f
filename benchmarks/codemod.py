"""`trackwright legacy task --all` as a ratio to one cold lint: python benchmarks/codemod.py [--files 10000].

The depot of the tests among installed packages and other Celery projects with legacy tasks of their own, which are
listed as left alone. Both take turns; medians of the rounds.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "tests" / "support"))

from depot_copy import depot_in  # noqa: E402 -- found by the line above
from figure import Figure  # noqa: E402 -- beside this file
from lint_tree import build  # noqa: E402 -- the same

GOAL = 1.5
LINT = ("lint", "--no-cache", "--exit-zero", "--statistics")
CODEMOD = ("legacy", "task", "--all", "--diff")


def prepare(root: Path, files: int) -> None:
    """Write the tree; its domains are generated while it is small."""
    depot = depot_in(root, DATABASE_URL="postgresql+psycopg://nobody@nowhere/depot")
    for command in (("init",), ("legacy", "spec"), ("generate",)):
        depot.run("trackwright_gen", *command)
    build(root, files)


def seconds(root: Path, *command: str) -> float:
    """How long a command takes; what it says is looked at."""
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-m", "trackwright_gen", *command],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    if command == CODEMOD and done.stderr.count("would move app.tasks.") != 4:  # noqa: PLR2004 -- the depot's tasks
        raise SystemExit(done.stderr[-2000:])
    return took


def run(files: int, rounds: int) -> dict[str, float]:
    """Median seconds of both."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "depot"
        prepare(root, files)
        pairs = [(seconds(root, *LINT), seconds(root, *CODEMOD)) for _ in range(rounds)]
    return {
        "cold lint": statistics.median(lint for lint, _ in pairs),
        "legacy task --all": statistics.median(codemod for _, codemod in pairs),
    }


def figures(*, tiny: bool) -> list[Figure]:
    """The one ratio with its target."""
    files = 60 if tiny else 10_000
    seconds = run(files, 1 if tiny else 3)
    ratio = seconds["legacy task --all"] / seconds["cold lint"]
    return [Figure(f"legacy task --all over {files:,} files, times one cold lint", ratio, most=GOAL)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    medians = run(options.files, options.rounds)
    ratio = medians["legacy task --all"] / medians["cold lint"]
    print("\n".join(f"{name:<20}{took:>8.2f} s" for name, took in medians.items()))
    print(f"{'ratio':<20}{ratio:>8.2f}   goal {GOAL}")
    raise SystemExit(ratio > GOAL)
