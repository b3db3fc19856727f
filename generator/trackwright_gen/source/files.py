"""Which Python files belong to a project: as git sees it, minus what nobody wants to lint."""

import fnmatch
import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError

DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".git", ".hg", ".mypy_cache", ".nox", ".pants.d", ".pytest_cache"),
    *(".pytype", ".ruff_cache", ".svn", ".tox", ".venv", "__pycache__", "__pypackages__"),
    *("node_modules", "site-packages", "venv"),
    # Only at the root: source folders called `build` exist (lint-patterns, "Traps").
    *("./build", "./dist"),
)
_ROOT_MARKS = (
    *("pyproject.toml", "trackwright.toml", "setup.py", "setup.cfg", "requirements.txt"),
    *("manage.py", "Pipfile", "alembic.ini", "tox.ini"),
)


@dataclass(frozen=True, slots=True)
class Selection:
    """The files to report on, and all files of the projects they belong to (names lead there)."""

    roots: tuple[Path, ...]
    reported: tuple[Path, ...]
    known: tuple[Path, ...]


def select_files(paths: Iterable[Path], exclude: tuple[str, ...]) -> Selection:
    """Find the Python files under some paths, and the projects around them.

    Raises:
        ToolError: a path does not exist.
    """
    given = [path.resolve() for path in paths]
    for path in given:
        if not path.exists():
            raise ToolError(f"no such file or folder: {path}", hint="check the path, or use -C DIR")
    roots = _outermost(project_root(path) for path in given)
    listings = {root: tuple(_listed(root, exclude)) for root in roots}
    known = dict.fromkeys(path for root in roots for path in listings[root])
    reported: dict[Path, None] = {}
    for path in given:
        inside = [path] if path.is_file() else [each for each in known if each.is_relative_to(path)]
        # A folder named explicitly counts even where git ignores it.
        reported |= dict.fromkeys(inside or _walked(path, exclude))
    return Selection(roots, tuple(reported), tuple(known | reported))


def project_root(path: Path) -> Path:
    """The folder that holds a path's project: where git is, else the highest folder with a project file."""
    start = path if path.is_dir() else path.parent
    marked = start
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
        if any((folder / mark).is_file() for mark in _ROOT_MARKS):
            marked = folder
    return marked


def _outermost(roots: Iterable[Path]) -> tuple[Path, ...]:
    kept: list[Path] = []
    for root in sorted(set(roots), key=lambda each: len(each.parts)):
        if not any(root.is_relative_to(outer) for outer in kept):
            kept.append(root)
    return tuple(kept)


def _listed(root: Path, exclude: tuple[str, ...]) -> Iterator[Path]:
    from_git = _git_files(root)
    if from_git is None:
        yield from _walked(root, exclude)
        return
    for name in from_git:
        path = root / name
        if not excluded(Path(name), exclude) and path.is_file():
            yield path


def _git_files(root: Path) -> list[str] | None:
    """What git tracks or would track; None where there is no git, or no working tree."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run([*command, "--", "*.py"], capture_output=True, check=False)  # noqa: S603 -- fixed
    except FileNotFoundError:
        return None
    if done.returncode:
        return None
    return sorted(set(os.fsdecode(done.stdout).split("\0")) - {""})


def _walked(root: Path, exclude: tuple[str, ...]) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        relative = here.relative_to(root)
        folders[:] = sorted(
            name
            for name in folders
            if not excluded(relative / name, exclude) and not (here / name / "pyvenv.cfg").is_file()
        )
        for name in sorted(names):
            if name.endswith(".py") and not excluded(relative / name, exclude):
                yield here / name


def excluded(relative: Path, patterns: tuple[str, ...]) -> bool:
    """True if a pattern names a part of the path, or (with a slash) the path or a folder above it."""
    steps = [relative, *relative.parents[:-1]]
    for pattern in patterns:
        if "/" not in pattern.rstrip("/"):
            bare = pattern.rstrip("/")
            if any(fnmatch.fnmatchcase(part, bare) for part in relative.parts):
                return True
        elif any(
            fnmatch.fnmatchcase(step.as_posix(), pattern.removeprefix("./").rstrip("/")) for step in steps
        ):
            return True
    return False
