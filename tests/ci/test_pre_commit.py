"""The pre-commit hook, installed by pre-commit from this repository and run over a commit."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from source_trees import write_tree

ROOT = Path(__file__).parents[2]
TASK = "from celery import shared_task\n\n\n@shared_task\ndef add(x):\n    return x\n"


def run(folder: Path, *command: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    own = {"PRE_COMMIT_HOME": str(home)} if home is not None else {}
    identity = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org"}
    identity |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **identity, **own},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """The repository as it is now, committed: pre-commit clones what it installs."""
    folder = tmp_path / "hooks"
    folder.mkdir()
    names = run(ROOT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    assert run(folder, "git", "init", "-q").returncode == 0
    assert run(folder, "git", "add", "-A").returncode == 0
    assert run(folder, "git", "commit", "-qm", "all").returncode == 0
    return folder


def test_the_manifest_is_valid() -> None:
    done = run(ROOT, sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml")
    assert done.returncode == 0, done.stdout


def test_it_reports_on_the_files_of_the_commit(hooks: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    write_tree(project, {"pyproject.toml": "", "shop/__init__.py": "", "shop/old.py": TASK})
    assert run(project, "git", "init", "-q").returncode == 0
    run(project, "git", "add", "-A")
    run(project, "git", "commit", "-qm", "before")
    write_tree(project, {"shop/new.py": TASK.replace("add", "subtract"), "shop/notes.txt": "no Python"})
    run(project, "git", "add", "-A")
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), "trackwright-lint"]
    done = run(project, *command, home=tmp_path / "home")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "TW101 Celery task `shop.new.subtract` has no tracking" in done.stdout
    assert "shop.old" not in done.stdout
