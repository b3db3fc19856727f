"""The GitLab job of the documentation: valid for GitLab, its script run, its report what GitLab reads."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import yaml
from source_trees import write_tree

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "lint-in-ci.md"
TASK = "from celery import shared_task\n\n\n@shared_task\ndef add(x):\n    return x\n"


def snippet() -> str:
    """The page's `.gitlab-ci.yml`."""
    found = re.search(
        r'```yaml title="\.gitlab-ci\.yml"\n(.*?)```', PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert found is not None
    return found[1]


def test_gitlab_would_take_it(tmp_path: Path) -> None:
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(snippet(), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_job_writes_its_report_and_fails(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": "", "shop/__init__.py": "", "shop/tasks.py": TASK})
    job = yaml.safe_load(snippet())["trackwright"]
    _install, *lines = job["script"]  # what is installed is this environment's
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-eo", "pipefail", "-c", "\n".join(lines)]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    report = job["artifacts"]["reports"]["codequality"]
    (issue,) = json.loads((tmp_path / report).read_text(encoding="utf-8"))
    assert issue["location"] == {"path": "shop/tasks.py", "lines": {"begin": 5}}
    assert {"description", "check_name", "fingerprint", "severity"} <= issue.keys()
