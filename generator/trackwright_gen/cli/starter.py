"""`trackwright init --starter`: a new project from the bundled copier template, there as a whole or not at all."""

import re
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from copier import run_copy
from copier.errors import CopierError

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location


def start_project(folder: Path) -> list[Path]:
    """Make a new project in a folder that is empty or does not exist yet; give the files it has.

    Raises:
        ToolError: the folder has something in it, or cannot be written.
    """
    target = folder.resolve()
    _hold_empty(target)
    name = re.sub(r"[^a-z0-9]+", "-", target.name.lower()).strip("-") or "app"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as beside:
            made = Path(beside, "project")
            with as_file(files("trackwright_templates") / "project") as template:
                run_copy(str(template), made, data={"project_name": name}, defaults=True, quiet=True)
            made.replace(target)
    except (OSError, CopierError) as error:
        raise ToolError(
            f"cannot be written: {error}", at=Location(target), hint="nothing was written"
        ) from error
    return sorted(path.relative_to(target) for path in target.rglob("*") if path.is_file())


def _hold_empty(target: Path) -> None:
    try:
        is_free = not target.exists() or (target.is_dir() and not any(target.iterdir()))
    except OSError as error:
        raise ToolError(f"cannot be read: {error}", at=Location(target)) from error
    if not is_free:
        raise ToolError(
            "a new project needs an empty folder",
            at=Location(target),
            hint="name another one; a project that exists is prepared by `trackwright init` without --starter",
        )
