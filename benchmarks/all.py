"""Every benchmark, and the page with what they measured: python benchmarks/all.py [--only bulk lint] [--tiny].

Takes about a quarter of an hour. Results go to benchmarks/results.json, the page docs/reference/benchmarks.md is
written from them; scripts that did not run keep their figures and the day of those. --tiny runs everything at sizes
whose figures mean nothing, and only prints. Exit status 1: a target was missed.
"""

import argparse
import importlib
import multiprocessing
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from figure import Figure, missed
from results import Result, read, surroundings, write

FOLDER = Path(__file__).parent
PAGE = FOLDER.parent / "docs" / "reference" / "benchmarks.md"
SCRIPTS = ("runtime", "bulk", "queries", "legacy", "generate", "lint", "codemod", "audit")


def measured(script: str, tiny: bool) -> list[Figure]:
    """What one script measures; in a process of its own, so that none meets what another left in memory."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as process:
        return process.submit(_figures, script, tiny).result()


def _figures(script: str, tiny: bool) -> list[Figure]:
    found: list[Figure] = importlib.import_module(script).figures(tiny=tiny)
    return found


def run(scripts: Sequence[str], *, tiny: bool) -> dict[str, Result]:
    """The results of the scripts, each printed when it is there."""
    where = surroundings()
    done = {}
    for script in scripts:
        began = time.perf_counter()
        figures = measured(script, tiny)
        took = time.perf_counter() - began
        done[script] = Result(datetime.now(UTC).date().isoformat(), round(took), where, figures)
        print(f"{script}: {took:.0f} s")
        for one in figures:
            print(f"  {one.what:<76}{one.value:>8.2f}{one.unit:<4}{one.target:<16}{one.verdict}", flush=True)
    return done


def main() -> int:
    """Run what is asked for, write the page; the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=SCRIPTS, default=SCRIPTS, metavar="SCRIPT")
    parser.add_argument("--tiny", action="store_true", help="only see that all of them run")
    given = parser.parse_args()
    done = run(given.only, tiny=given.tiny)
    if given.tiny:
        return 0
    kept = read(FOLDER / "results.json") | done
    write({script: kept[script] for script in SCRIPTS if script in kept}, FOLDER / "results.json", PAGE)
    return int(any(missed(result.figures) for result in done.values()))


if __name__ == "__main__":
    sys.exit(main())
