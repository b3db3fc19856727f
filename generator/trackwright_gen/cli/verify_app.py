"""`trackwright lint --verify-app`: load a Celery app beside us, and compare its tasks with those that were read."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from trackwright_gen.cli.source_options import Sources
from trackwright_gen.errors import ToolError
from trackwright_gen.lint.engine import LintResult, problem_diagnostic
from trackwright_gen.lint.verification import Registered, differences

_SHOWN = 6
"""So many of the last rows of a traceback say what went wrong."""


def verified(sources: Sources, target: str) -> LintResult:
    """The differences between an app's registry and the source, both ways.

    Raises:
        ToolError: the app cannot be loaded.
    """
    registered = _registered(target, sources.folder)
    project = sources.read({})
    found = differences(project.jobs, registered, target, sources.selection.known)
    problems = [problem_diagnostic(each) for each in project.problems]
    return LintResult((*problems, *found), len(problems), project.files)


def _registered(target: str, folder: Path) -> list[Registered]:
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "tasks.json"
        # `-m` puts the folder that it runs in first on sys.path, as Celery's own command does.
        command = [sys.executable, "-m", "trackwright_gen.cli.registered_tasks", target, str(output)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 -- the user names the app
        if done.returncode or not output.exists():
            said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-_SHOWN:])
            raise ToolError(
                f"cannot load the Celery app {target!r}",
                hint="run this where `celery -A` finds the app, with -C for its folder, in its environment",
                excerpt=said or None,
            )
        rows = json.loads(output.read_text(encoding="utf-8"))
    return [
        Registered(each["name"], Path(each["file"]).resolve() if each["file"] else None, each["row"])
        for each in rows
    ]
