"""How many small faults the suites notice in the parts that everything rests on.

python tests/mutation/core.py [--part status] [--mutants 100] [--seed 1]

Cosmic Ray changes one operator, number or condition at a time, in a copy of the tree, and runs the part's tests.
A sample of the changes is taken, as all of them would take a day; the seed says which. Exit status 1 below 90 %.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEAST = 0.9
COPIED = ("runtime", "generator", "templates", "tests", "docs", "pyproject.toml", "README.md", "CHANGELOG.md")
NOT_FAULTS = (
    "core/ReplaceBinaryOperator_BitOr_",  # nearly always a union of types
    "core/RemoveDecorator",  # caches: the same statement, only slower
)


@dataclass(frozen=True, slots=True)
class Part:
    """What is changed, and the tests that shall notice; each run ends at the first failure."""

    code: str
    tests: str


PARTS = {
    "status": Part(
        "runtime/trackwright/status.py",
        "tests/runtime/test_status.py tests/runtime/test_state_machine.py tests/runtime/test_service.py",
    ),
    "query": Part(
        "runtime/trackwright/query",
        "tests/runtime/test_state_machine.py tests/runtime/test_service.py tests/runtime/test_execution.py "
        "tests/runtime/test_sweep.py tests/runtime/test_predicates.py tests/maintenance/test_prune.py",
    ),
    "merge": Part("generator/trackwright_gen/merge", "tests/merge tests/generator/test_generate.py"),
    "revisions": Part(
        "generator/trackwright_gen/revisions",
        "tests/revisions/test_difference.py tests/revisions/test_script.py tests/revisions/test_change.py "
        "tests/revisions/test_lowering.py tests/revisions/test_plan.py",
    ),
}


def main() -> int:
    """Measure the parts; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--mutants", type=int, default=100, help="how many of each part")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    good = True
    for name in arguments.part or PARTS:
        with tempfile.TemporaryDirectory(prefix="mutants-") as made:
            killed, survived = _measure(PARTS[name], Path(made), arguments.mutants, arguments.seed)
        score = killed / max(1, killed + len(survived))
        print(f"{name:<10} {killed} of {killed + len(survived)} noticed: {score:.0%}", flush=True)
        for line in survived:
            print(f"  not noticed: {line}")
        good = good and score >= LEAST
    return 0 if good else 1


def _measure(part: Part, folder: Path, mutants: int, seed: int) -> tuple[int, list[str]]:
    for name in COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, folder / name)
    (folder / "config.toml").write_text(
        f'[cosmic-ray]\nmodule-path = "{part.code}"\ntimeout = 300.0\nexcluded-modules = []\n'
        f'test-command = "{sys.executable} -m pytest -q -x -n 0 {part.tests}"\n'
        '[cosmic-ray.distributor]\nname = "local"\n'
    )
    _cosmic_ray(folder, "init", "config.toml", "session.sqlite")
    _sample(folder / "session.sqlite", mutants, seed)
    _cosmic_ray(folder, "exec", "config.toml", "session.sqlite")
    return _results(folder / "session.sqlite")


def _cosmic_ray(folder: Path, *arguments: str) -> None:
    # The copy stands before the editable installation, which leads to the tree itself.
    path = os.pathsep.join(str(folder / name) for name in ("runtime", "generator", "templates"))
    program = str(Path(sys.executable).with_name("cosmic-ray"))
    subprocess.run([program, *arguments], cwd=folder, env={**os.environ, "PYTHONPATH": path}, check=True)


def _sample(session: Path, mutants: int, seed: int) -> None:
    with sqlite3.connect(session) as database:
        found = database.execute(
            "SELECT job_id, operator_name FROM mutation_specs "
            "ORDER BY module_path, start_pos_row, start_pos_col, operator_name, occurrence"
        ).fetchall()
        ordered = [job for job, operator in found if not operator.startswith(NOT_FAULTS)]
        kept = set(random.Random(seed).sample(ordered, min(mutants, len(ordered))))  # noqa: S311 -- a sample
        dropped = [(job,) for job, _ in found if job not in kept]
        for table in ("mutation_specs", "work_items"):
            database.executemany(f"DELETE FROM {table} WHERE job_id = ?", dropped)
    print(f"{len(kept)} of {len(ordered)} possible changes", flush=True)


def _results(session: Path) -> tuple[int, list[str]]:
    with sqlite3.connect(session) as database:
        rows = database.execute(
            "SELECT r.test_outcome, m.module_path, m.start_pos_row, m.operator_name FROM work_results r "
            "JOIN mutation_specs m ON m.job_id = r.job_id ORDER BY m.module_path, m.start_pos_row"
        ).fetchall()
    survived = [
        f"{path}:{row} {operator.removeprefix('core/')}"
        for outcome, path, row, operator in rows
        if "SURVIVED" in str(outcome).upper()
    ]
    return len(rows) - len(survived), survived


if __name__ == "__main__":
    sys.exit(main())
