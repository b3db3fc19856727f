"""The GitHub Action: valid for GitHub, and its steps run by bash as a runner does."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from source_trees import write_tree

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
TASK = "from celery import shared_task\n\n\n@shared_task\ndef add(x):\n    return x\n"
ANNOTATION = (
    "::error title=trackwright (TW101),file=shop/tasks.py,line=5,col=5,endLine=5,endColumn=8"
    "::TW101 Celery task `shop.tasks.add` has no tracking\n"
)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runner's temporary folder, with what the first step installs."""
    folder = tmp_path_factory.mktemp("runner")
    done = step(0, folder, folder, python=sys.executable)
    assert done.returncode == 0, done.stderr
    return folder


def step(number: int, runner: Path, workspace: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run one step with some inputs, as GitHub's runner runs `shell: bash`."""
    found: dict[str, Any] = ACTION["runs"]["steps"][number]
    values = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    values |= {name.replace("_", "-"): value for name, value in inputs.items()}
    script = runner / f"step{number}.sh"
    script.write_text(found["run"], encoding="utf-8")
    given = {"RUNNER_TEMP": str(runner), "GITHUB_ACTION_PATH": str(ROOT)}
    given |= {name: expanded(text, values) for name, text in found["env"].items()}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
    return subprocess.run(
        command, cwd=workspace, env={**os.environ, **given}, capture_output=True, text=True, check=False
    )


def expanded(text: str, values: dict[str, str]) -> str:
    """What GitHub puts in place of `${{ inputs.name }}`."""
    return re.sub(r"\$\{\{ inputs\.([\w-]+) }}", lambda found: values[found[1]], text)


def test_github_would_take_it() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"]
    done = subprocess.run([*command, str(ROOT / "action.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_findings_become_annotations_and_fail_the_step(runner: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": "", "shop/__init__.py": "", "shop/tasks.py": TASK})
    done = step(1, runner, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, ANNOTATION, "")


def test_sarif_is_written_beside_the_annotations(runner: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": "", "shop/__init__.py": "", "shop/tasks.py": TASK})
    done = step(1, runner, tmp_path, sarif_file="found.sarif")
    assert (done.returncode, done.stdout) == (1, ANNOTATION)
    (run,) = json.loads((tmp_path / "found.sarif").read_text(encoding="utf-8"))["runs"]
    assert [each["ruleId"] for each in run["results"]] == ["TW101"]


def test_paths_and_arguments_are_words_and_no_script(runner: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": "", "a/t.py": TASK, "b/t.py": TASK, "c/t.py": TASK})
    done = step(1, runner, tmp_path, paths="a b", arguments="--select TW1")
    assert re.findall(r"file=(\w)/", done.stdout) == ["a", "b"]
    hostile = step(1, runner, tmp_path, paths="a;touch${IFS}seen $(touch seen)")
    assert hostile.returncode == 2
    assert not (tmp_path / "seen").exists()


def test_a_clean_project_passes(runner: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": "", "shop/plain.py": "x = 1\n"})
    assert step(1, runner, tmp_path).returncode == 0
