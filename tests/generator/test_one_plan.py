"""What is shown is what is written, all of it or nothing."""

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from file_tree import files_of

from trackwright_gen.cli.generation import plan_generation
from trackwright_gen.cli.generation_changes import changes_of
from trackwright_gen.cli.group import trackwright
from trackwright_gen.cli.spec_files import load_specs
from trackwright_gen.config import Settings
from trackwright_gen.errors import ToolError
from trackwright_gen.project.detect import detect_project
from trackwright_gen.write.transaction import apply_changes

Files = Callable[[], dict[str, bytes]]
Generate = Callable[..., Any]
ETF = "etf_price_update"
SPEC = f"tracking/{ETF}.yaml"
REPLACE = Path.replace


def edit(path: Path, old: str, new: str) -> None:
    """Change a file as a user would; the old text has to be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def change_everything(project: Path) -> None:
    """New, changed, dropped and renamed columns, a moved folder, edits of the user's: every kind of change at once."""
    service = project / f"app/services/{ETF}.py"
    service.write_bytes(service.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\nMINE = 1")
    spec = project / SPEC
    edit(spec, "  source: {type: string, length: 50}\n", "  size: {type: bigint}\n")
    edit(spec, "  price: {", "  amount: {renamed_from: price, ")
    edit(spec, "field: price", "field: amount")
    spec.write_text(f"{spec.read_text()}allow_drop: [source]\n")
    (project / "trackwright.toml").write_text('layout = "layered"\n[paths]\ndocs = "docs/jobs"\n')


def test_the_diff_is_what_a_run_writes(
    generate: Generate, project: Path, files: Files, tmp_path: Path
) -> None:
    """`git apply` of the plan gives the same files, byte for byte; only our own records are not in it."""
    generate()
    change_everything(project)
    before = files()
    plan = CliRunner().invoke(trackwright, ["generate", "-C", str(project), "--diff"]).stdout_bytes
    assert files() == before
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    subprocess.run(["git", "apply", "-"], cwd=copy, input=plan, check=True)
    assert generate().code == 0
    written = {path: text for path, text in files().items() if not path.startswith(".trackwright/")}
    applied = {path: text for path, text in files_of(copy).items() if not path.startswith(".trackwright/")}
    assert applied == written
    assert written != {path: text for path, text in before.items() if not path.startswith(".trackwright/")}
    assert written[f"app/services/{ETF}.py"].endswith(b"\r\n\r\nMINE = 1")
    assert b"amount" in written[f"app/services/{ETF}.py"]


def test_the_plan_names_sql_and_hazards_in_both_forms(generate: Generate, project: Path) -> None:
    generate()
    change_everything(project)
    plan = generate("--diff").out
    report = json.loads(generate("--dry-run", "--output-format", "json").out)
    assert report["written"] is False
    hazards = [hazard for revision in report["revisions"] for hazard in revision["hazards"]]
    assert {hazard["kind"] for hazard in hazards} >= {"data loss", "running code"}
    for hazard in hazards:
        assert f"-- hazard: {hazard['kind']}: {hazard['message']}\n" in plan
    for revision in report["revisions"]:
        assert revision["sql"] in plan
        assert f"+++ b/{revision['path']}\n" in plan
    assert any("DROP COLUMN source" in revision["sql"] for revision in report["revisions"])
    actions = {entry["action"] for entry in report["files"]}
    assert actions >= {"update", "move", "migrate"}
    text = generate("--dry-run").out
    assert all(hazard["message"] in text for hazard in hazards)


def test_a_rename_that_fails_anywhere_leaves_everything_as_it_was(
    generate: Generate, project: Path, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate()
    change_everything(project)
    specs = load_specs(project / "tracking", (), project)
    settings = Settings.model_validate({"layout": "layered", "paths": {"docs": "docs/jobs"}})
    changes = changes_of(plan_generation(specs, detect_project(project, settings)))
    steps = sum(change.after is not None for change in changes)
    assert steps > 10
    before = files()
    for failing in range(steps):
        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", _Failing(failing))
            with pytest.raises(ToolError, match="No space left on device") as caught:
                apply_changes(changes)
        assert caught.value.hint == "nothing was changed"
        assert files() == before
        assert not (project / "docs/jobs").exists()
    apply_changes(changes)
    assert generate("--check").code == 0


class _Failing:
    """The rename of a full disk, from some call on: no file system can be made to fail exactly there."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __get__(self, path: Path, _: type[Path]) -> Callable[[Path], None]:
        def replace(target: Path) -> None:
            if self._left == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
            self._left -= 1
            REPLACE(path, target)

        return replace


def test_a_second_run_changes_nothing_after_every_kind_of_change(
    generate: Generate, project: Path, files: Files
) -> None:
    generate()
    change_everything(project)
    assert generate().code == 0
    before = files()
    outcome = generate()
    assert outcome.code == 0
    assert files() == before
    assert {line.partition(" ")[0] for line in outcome.out.splitlines()} == {"keep", "everything"}


def test_a_machine_without_git_merges_too(
    generate: Generate, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate()
    monkeypatch.setenv("PATH", "")
    change_everything(project)
    docs, task = project / f"docs/tracking/{ETF}.md", project / f"app/tasks/{ETF}.py"
    docs.write_text(f"{docs.read_text()}\nMine.\n")
    edit(task, 'queue="prices"', 'queue="mine"')
    edit(project / SPEC, "queue: prices", "queue: quotes")
    outcome = generate()
    assert outcome.code == 1
    assert "<<<<<<< yours" in task.read_text()
    assert (project / f"docs/jobs/{ETF}.md").read_text().endswith("\nMine.\n")
    assert "amount" in (project / f"docs/jobs/{ETF}.md").read_text()
