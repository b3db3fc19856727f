"""How many small faults the suites notice in the parts that everything rests on.

PYTHONPATH=tests/support python tests/mutation/core.py [--part status] [--mutants 100] [--seed 1] [--faults all]

One fault at a time in a copy of the tree, and the part's tests until one fails; a test that hangs has failed too.
A sample of the faults is taken, as all of them would take hours; the seed says which. Faults that change nothing are
named in equivalent.toml, with a reason each, and are not tried. Exit status 1 below 90 %.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import servers
from changes import Change, Equivalents, cosmic_ray_changes, sample, thin_code_changes
from forked_suite import ForkedSuite

ROOT = Path(__file__).resolve().parents[2]
LEAST = 0.9
COPIED = ("runtime", "generator", "templates", "tests", "docs", "pyproject.toml", "README.md", "CHANGELOG.md")
KINDS: dict[str, tuple[Callable[[Path], Iterator[Change]], ...]] = {
    "cosmic-ray": (cosmic_ray_changes,),
    "thin": (thin_code_changes,),
    "all": (cosmic_ray_changes, thin_code_changes),
}


@dataclass(frozen=True, slots=True)
class Part:
    """What is changed, and the tests that shall notice. Of a package, `__init__` only passes names on."""

    code: str
    tests: tuple[str, ...]


PARTS = {
    "status": Part(
        "runtime/trackwright/status.py",
        (
            "tests/runtime/test_status.py",
            "tests/runtime/test_state_machine.py",
            "tests/runtime/test_service.py",
        ),
    ),
    "query": Part(
        "runtime/trackwright/query",
        (
            *("tests/runtime/test_statements_by_key.py", "tests/runtime/test_batch_statements.py"),
            *("tests/runtime/test_sweep.py", "tests/runtime/test_dependencies.py"),
            *("tests/runtime/test_durability.py", "tests/runtime/test_handwritten.py"),
            *("tests/runtime/test_service.py", "tests/maintenance/test_prune.py"),
        ),
    ),
    "merge": Part(
        "generator/trackwright_gen/merge",
        (
            *("tests/merge", "tests/generator/test_generate.py"),
            *("tests/generator/test_moves.py", "tests/generator/test_remove.py"),
        ),
    ),
    "revisions": Part(
        "generator/trackwright_gen/revisions",
        (
            *("tests/revisions/test_difference.py", "tests/revisions/test_script.py"),
            *("tests/revisions/test_change.py", "tests/revisions/test_lowering.py"),
            *(
                "tests/revisions/test_plan.py",
                "tests/revisions/test_traps.py",
                "tests/adopt/test_adopting.py",
            ),
        ),
    ),
}


def main() -> int:
    """Measure the parts; the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--mutants", type=int, default=100, help="how many of each part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", choices=KINDS, default="all", help="whose faults")
    given = parser.parse_args()
    good = True
    with servers.postgresql() as database, servers.redis_url() as broker:
        os.environ |= {"TRACKWRIGHT_TEST_DATABASE_URL": database, "TRACKWRIGHT_TEST_REDIS_URL": broker}
        for name in given.part or PARTS:
            with tempfile.TemporaryDirectory(prefix="mutants-") as made:
                score = _measure(name, Path(made), KINDS[given.faults], given.mutants, given.seed)
            good = good and score >= LEAST
    return 0 if good else 1


def _measure(
    name: str, folder: Path, kinds: tuple[Callable[[Path], Iterator[Change]], ...], mutants: int, seed: int
) -> float:
    part = PARTS[name]
    _copy_tree(folder)
    code = folder / part.code
    files = (
        [file for file in sorted(code.rglob("*.py")) if file.name != "__init__.py"]
        if code.is_dir()
        else [code]
    )
    possible = list(chain.from_iterable(kind(file) for file in files for kind in kinds))
    known = Equivalents(Path(__file__).with_name("equivalent.toml"), folder)
    tried = sample(possible, mutants, seed, known)
    suite = ForkedSuite(folder, part.tests)
    began = time.monotonic()
    print(
        f"{name}: {len(tried)} of {len(possible)} faults; the tests take {suite.prepare():.0f} s", flush=True
    )
    survived = 0
    for change in tried:
        if not suite.notices(change.path, change.text()):
            survived += 1
            old, new = change.lines()
            where = f"{change.path.relative_to(folder)}:{change.place[0]}"
            print(f"  not noticed: {where}: {change.what}\n    - {old}\n    + {new}", flush=True)
    score = 1 - survived / len(tried)
    took = time.monotonic() - began
    print(f"{name}: {len(tried) - survived} of {len(tried)} noticed: {score:.0%} ({took:.0f} s)", flush=True)
    return score


def _copy_tree(folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, folder / name)
    # The copy stands before the editable installation, which leads to the tree itself.
    places = [str(folder / name) for name in ("runtime", "generator", "templates")]
    sys.path[:0] = places
    os.environ["PYTHONPATH"] = os.pathsep.join(places)


if __name__ == "__main__":
    sys.exit(main())
