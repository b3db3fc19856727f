"""Generated tests notice when generated code is changed: most mutants of CRUD, service and task die."""

import os
import random
import subprocess
import sys
from pathlib import Path

import mutation_run
import pytest
from click.testing import CliRunner
from mutants import Mutant, mutants_of
from target_projects import target_project

from trackwright_gen.cli.group import trackwright

MOST = int(os.environ.get("TRACKWRIGHT_MUTANTS", "8"))
"""Of each module: all of them take some minutes (make test-mutation)."""
AT_LEAST = 0.9
MODULES = {
    "crud": "app/crud/contribution_realization.py",
    "service": "app/services/contribution_realization.py",
    "task": "app/tasks/contribution_realization.py",
}


@pytest.mark.parametrize("is_async", [pytest.param(False, id="sync"), pytest.param(True, id="async")])
@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES.keys())
def test_most_mutants_die(
    tmp_path: Path, module: str, *, is_async: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    root = target_project(tmp_path / "project", layout="layered", is_async=is_async)
    result = CliRunner().invoke(trackwright, ["generate", "-C", str(root)])
    assert result.exit_code == 0, result.output
    mutants = mutants_of((root / module).read_text())
    tried = mutants if len(mutants) <= MOST else random.Random(7).sample(mutants, MOST)  # noqa: S311 -- a sample
    survivors = surviving(root, module, tried)
    said = [f"{module}, {'async' if is_async else 'sync'}: {len(tried) - len(survivors)} of {len(tried)} die"]
    said += [f"  survives: line {one.row}: {one.what}" for one in survivors]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *said, ""]))
    assert len(survivors) <= (1 - AT_LEAST) * max(len(tried), 1 / (1 - AT_LEAST)), survivors


def surviving(root: Path, module: str, mutants: list[Mutant] | tuple[Mutant, ...]) -> list[Mutant]:
    """The mutants that no generated test notices."""
    folder = root.parent / "mutants"
    folder.mkdir()
    for number, mutant in enumerate(mutants):
        (folder / f"{number}").write_text(mutant.text)
    files = [str(folder / f"{number}") for number in range(len(mutants))]
    done = subprocess.run(
        [
            sys.executable,
            mutation_run.__file__,
            module,
            "tests/test_contribution_realization_tracking.py",
            *files,
        ],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [mutants[int(name)] for name in done.stdout.split()]
