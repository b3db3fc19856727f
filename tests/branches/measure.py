"""Branches that the suite ran, per package: coverage's own total mixes them with lines."""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import PurePath

SOURCES = ("runtime/trackwright", "generator/trackwright_gen")
DEPTH = 3


def main() -> int:
    """Print covered and all branches of each package, least covered first; 1 where all together are too few."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-least", type=float, default=0, metavar="PERCENT")
    wanted: float = parser.parse_args().at_least
    figures = by_package(measured())
    width = max(map(len, figures), default=0)
    rows = sorted(figures.items(), key=lambda row: share(*row[1]))
    covered, known = (sum(column) for column in zip(*figures.values(), strict=True))
    for name, (ran, there) in [*rows, ("all branches", (covered, known))]:
        print(f"{name:<{width}}  {ran:5} of {there:5}  {share(ran, there):6.1f} %")
    reached = share(covered, known)
    if reached < wanted:
        print(f"{reached:.1f} % of the branches ran, not {wanted:g} %", file=sys.stderr)
        return 1
    return 0


def measured() -> dict[str, dict[str, int]]:
    """Each file's summary, out of the data that `coverage combine` left."""
    command = [sys.executable, "-m", "coverage", "json", "--quiet", "-o", "/dev/stdout"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    files = json.loads(told)["files"]
    return {path: file["summary"] for path, file in files.items()}


def by_package(files: dict[str, dict[str, int]]) -> dict[str, tuple[int, int]]:
    """Branches that ran and that there are, of each package below the two sources."""
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for path, summary in files.items():
        parts = PurePath(os.path.relpath(path)).parts
        if "/".join(parts[: DEPTH - 1]) in SOURCES:
            found["/".join(parts[:DEPTH])].append((summary["covered_branches"], summary["num_branches"]))
    return {name: (sum(a for a, _ in each), sum(b for _, b in each)) for name, each in found.items()}


def share(ran: int, there: int) -> float:
    """A percentage; all of nothing is all."""
    return 100 * ran / there if there else 100.0


if __name__ == "__main__":
    sys.exit(main())
