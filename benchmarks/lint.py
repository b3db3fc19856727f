"""What linting costs beside ruff, as ratios of one run: python benchmarks/lint.py [--files 10000] [--rounds 3].

A tree of installed packages with Celery projects in it. `ruff check --select F` and `trackwright lint` take turns, so
that what the machine does meanwhile meets both; the median of the rounds counts. Seconds are only there to be read.
"""

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from figure import Figure
from lint_tree import build

RUFF = ("ruff", "check", "--isolated", "--select", "F", "--exit-zero", "--quiet")
LINT = ("trackwright", "lint", "--exit-zero", "--statistics")
TWO_RULES = ("--select", "TW101,TW201")
PLAIN = Path("part00", "shop00", "database.py")
"""Nothing in it declares a job."""
TASKS = Path("part00", "shop00", "tasks", "mail_1.py")
"""A task is in it, which another file sends."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process and its children took: seconds on the clock, and the most memory in MB."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure to reach: what is measured, in relation to what, and the most it may be."""

    name: str
    to: str | None
    most: float


GOALS = (
    Goal("cold, two rules", "ruff cold", 8),
    Goal("cold", "ruff cold", 20),
    Goal("warm", "ruff warm", 10),
    Goal("warm, a file changed", "warm", 1.5),
    Goal("warm, a task changed", "warm", 1.5),
    Goal("one file from stdin", None, 0.4),
)
MOST_MEGABYTES = 400


class Tree:
    """One tree, and the ways of linting it."""

    def __init__(self, root: Path, caches: Path) -> None:
        """Lint the tree under `root`; ruff's cache goes to `caches`."""
        self._root = root
        self._ruff = (*RUFF, "--cache-dir", str(caches))
        self._edits = itertools.count()

    def seen(self, *command: str) -> int:
        """How many files a command that lists them lists."""
        done = subprocess.run(_program(command), cwd=self._root, capture_output=True, text=True, check=True)  # noqa: S603 -- our own words
        return len(done.stdout.splitlines())

    def steps(self) -> dict[str, Callable[[], Cost]]:
        """One round, in its order: each name is a figure."""
        return {
            "ruff cold": lambda: self._run(*RUFF, "--no-cache"),
            "cold, two rules": lambda: self._run(*LINT, "--no-cache", *TWO_RULES),
            "cold": lambda: self._run(*LINT, "--no-cache"),
            "ruff filling": lambda: self._run(*self._ruff),
            "filling": lambda: self._run(*LINT),
            "ruff warm": lambda: self._run(*self._ruff),
            "warm": lambda: self._run(*LINT),
            "warm, a file changed": lambda: self._changed(PLAIN),
            "warm, a task changed": lambda: self._changed(TASKS),
            "one file from stdin": lambda: self._run(*LINT, "--stdin-filename", str(TASKS), stdin=TASKS),
        }

    def _changed(self, path: Path) -> Cost:
        with (self._root / path).open("a", encoding="utf-8") as file:
            file.write(f"\n\ndef added_{next(self._edits)}():\n    return 1\n")
        return self._run(*LINT)

    def _run(self, *command: str, stdin: Path | None = None) -> Cost:
        given = (self._root / stdin).read_bytes() if stdin is not None else b""
        began = time.perf_counter()
        with subprocess.Popen(  # noqa: S603 -- our own words
            _program(command), cwd=self._root, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as process:
            most = _Memory(process.pid)
            process.communicate(given)
            seconds = time.perf_counter() - began
            if process.returncode not in {0, 2}:  # 2: the tree has files that are no Python on purpose
                message = f"{' '.join(command)} ended with {process.returncode}"
                raise SystemExit(message)
        return Cost(seconds, most.megabytes())


class _Memory:
    """Watches the resident memory of a process and of all below it."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most = pid, 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def megabytes(self) -> float:
        """The most that was seen; watching ends."""
        self._done.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, sum(map(_resident, _family(self._pid))))


def _family(pid: int) -> Iterable[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _resident(pid: int) -> float:
    """Megabytes of a process, what it shares with others divided among them."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) / 1000 for row in rows if row.startswith("Pss:")), 0)


def _program(command: Iterable[str]) -> list[str]:
    name, *rest = command
    return [str(Path(sys.executable).with_name(name)), *rest]


def run(files: int, rounds: int, root: Path) -> dict[str, Cost]:
    """Each step's median seconds and greatest memory over all rounds."""
    build(root / "tree", files)
    tree = Tree(root / "tree", root / "ruff")
    print(f"{files} files; ruff sees {tree.seen('ruff', 'check', '--isolated', '--show-files')}")
    costs: dict[str, list[Cost]] = {name: [] for name in tree.steps()}
    for _ in range(rounds):
        for name, step in tree.steps().items():
            costs[name].append(step())
    return {
        name: Cost(statistics.median(each.seconds for each in found), max(each.megabytes for each in found))
        for name, found in costs.items()
    }


def report(costs: dict[str, Cost]) -> str:
    """A line for each figure: what it is to its measure, and what it may be."""
    lines = [f"{'':<24}{'seconds':>9}{'MB':>7}{'ratio':>8}{'most':>7}"]
    goals = {goal.name: goal for goal in GOALS}
    for name, cost in costs.items():
        line = f"{name:<24}{cost.seconds:>9.2f}{cost.megabytes:>7.0f}"
        if name in goals:
            goal = goals[name]
            ratio = cost.seconds / (costs[goal.to].seconds if goal.to else 1)
            line += f"{ratio:>8.2f}{goal.most:>7}"
        lines.append(line)
    return "\n".join(lines)


def figures(*, tiny: bool) -> list[Figure]:
    """Each goal's figure, the memory, and what a file costs in a tree ten times as large."""
    with tempfile.TemporaryDirectory() as name:
        small = run(60 if tiny else 1_000, 1, Path(name) / "small")
        large = run(120 if tiny else 10_000, 1 if tiny else 3, Path(name) / "large")
    return compared(small, large, ratio=2 if tiny else 10)


def compared(small: dict[str, Cost], large: dict[str, Cost], ratio: int) -> list[Figure]:
    """The same, of costs that are known; the large tree has `ratio` times the files of the small one."""
    found = [
        Figure(
            f"{goal.name}, times {goal.to}" if goal.to else goal.name,
            large[goal.name].seconds / (large[goal.to].seconds if goal.to else 1),
            most=goal.most,
            unit="" if goal.to else " s",
        )
        for goal in GOALS
    ]
    most = max(cost.megabytes for name, cost in large.items() if not name.startswith("ruff"))
    found.append(Figure("memory, at its most", most, most=MOST_MEGABYTES, unit=" MB"))
    growth = large["cold"].seconds / small["cold"].seconds / ratio
    found.append(
        Figure(f"cold, a file of a tree {ratio} times as large, times a file of the small one", growth)
    )
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=[10_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="build the trees here, and leave them")
    given = parser.parse_args()
    for number in given.files:
        with tempfile.TemporaryDirectory() as folder:
            place = (given.keep or Path(folder)) / str(number)
            print(report(run(number, given.rounds, place)))
