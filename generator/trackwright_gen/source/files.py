"""Which Python files belong to a project: as git sees it, minus what nobody wants to lint."""

import fnmatch
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError

DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".git", ".hg", ".mypy_cache", ".nox", ".pants.d", ".pytest_cache"),
    *(
        ".pytype",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".trackwright_cache",
        ".venv",
        "__pycache__",
        "__pypackages__",
    ),
    *("node_modules", "site-packages", "venv"),
    # Only at the root: source folders called `build` exist (lint-patterns, "Traps").
    *("./build", "./dist"),
)
_ROOT_MARKS = (
    *("pyproject.toml", "trackwright.toml", "setup.py", "setup.cfg", "requirements.txt"),
    *("manage.py", "Pipfile", "alembic.ini", "tox.ini"),
)


@dataclass(frozen=True, slots=True)
class Excludes:
    """Patterns as one expression each: a name anywhere in a path, or (with a slash) a path from the root."""

    names: re.Pattern[str]
    paths: re.Pattern[str]

    @classmethod
    def of(cls, patterns: Iterable[str]) -> "Excludes":
        """Read the patterns of the settings; `./build` means the one at the root."""
        bare = [each.rstrip("/") for each in patterns]
        return cls(
            _any_of(each for each in bare if "/" not in each),
            _any_of(each.removeprefix("./") for each in bare if "/" in each),
        )

    def cover(self, relative: Path) -> bool:
        """True for a path whose name, or the name or path of a folder above it, is excluded."""
        if any(self.names.fullmatch(part) for part in relative.parts):
            return True
        return any(self.paths.fullmatch(step.as_posix()) for step in (relative, *relative.parents[:-1]))


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(fnmatch.translate, patterns)) or r"(?!)")


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
    excludes = Excludes.of(exclude)
    given = [path.resolve() for path in paths]
    for path in given:
        if not path.exists():
            raise ToolError(f"no such file or folder: {path}", hint="check the path, or use -C DIR")
    roots = _outermost(project_root(path) for path in given)
    listings = {root: tuple(_listed(root, excludes)) for root in roots}
    known = dict.fromkeys(path for root in roots for path in listings[root])
    reported: dict[Path, None] = {}
    for path in given:
        inside = [path] if path.is_file() else [each for each in known if each.is_relative_to(path)]
        # A folder named explicitly counts even where git ignores it.
        reported |= dict.fromkeys(inside or _walked(path, excludes))
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


def _listed(root: Path, excludes: Excludes) -> Iterator[Path]:
    from_git = _git_files(root)
    if from_git is None:
        yield from _walked(root, excludes)
        return
    for name in from_git:
        path = root / name
        if not excludes.cover(Path(name)) and path.is_file():
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


def _walked(root: Path, excludes: Excludes) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        relative = here.relative_to(root)
        folders[:] = sorted(
            name
            for name in folders
            if not excludes.cover(relative / name) and not (here / name / "pyvenv.cfg").is_file()
        )
        for name in sorted(names):
            if name.endswith(".py") and not excludes.cover(relative / name):
                yield here / name
