"""Which Python files belong to a project: as git sees it, minus what nobody wants to lint."""

import fnmatch
import os
import re
import stat
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

_NO_FILE = "is a pipe, a socket or a device: not read"
"""Reading one may never end."""


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
    odd: tuple[tuple[Path, str], ...] = ()
    """What could hold Python and is not read, and why: pipes and sockets of such a name, closed folders."""


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
    odd = {path: _NO_FILE for path in given if _is_odd(path) and not path.is_dir()}
    listings = {root: tuple(_listed(root, excludes, odd)) for root in roots}
    known = dict.fromkeys(path for root in roots for path in listings[root])
    reported: dict[Path, None] = {}
    for path in given:
        inside = [path] if path.is_file() else [each for each in known if each.is_relative_to(path)]
        # A folder named explicitly counts even where git ignores it.
        reported |= dict.fromkeys(inside or _walked(path, excludes, odd))
    return Selection(roots, tuple(reported), tuple(known | reported), tuple(odd.items()))


def project_root(path: Path) -> Path:
    """The folder that holds a path's project: where git is, else the highest folder with a project file."""
    start = path if path.is_dir() else path.parent
    marked = start
    for folder in (start, *start.parents):
        if os.path.exists(folder / ".git"):  # noqa: PTH110 -- is False for closed folders
            return folder
        if any(os.path.isfile(folder / mark) for mark in _ROOT_MARKS):  # noqa: PTH113 -- as above
            marked = folder
    return marked


def _outermost(roots: Iterable[Path]) -> tuple[Path, ...]:
    kept: list[Path] = []
    for root in sorted(set(roots), key=lambda each: len(each.parts)):
        if not any(root.is_relative_to(outer) for outer in kept):
            kept.append(root)
    return tuple(kept)


def _listed(root: Path, excludes: Excludes, odd: dict[Path, str]) -> Iterator[Path]:
    from_git = _git_files(root)
    if from_git is None:
        yield from _walked(root, excludes, odd)
        return
    for name in from_git:
        path = root / name
        if not excludes.cover(Path(name)) and os.path.isfile(path):  # noqa: PTH113 -- as above
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


def _walked(root: Path, excludes: Excludes, odd: dict[Path, str]) -> Iterator[Path]:
    """The Python files of a folder, in order; what only goes by such a name is added to `odd`.

    Links to folders are not followed.
    """

    def closed(error: OSError) -> None:
        odd[Path(error.filename)] = f"cannot be read: {error.strerror}"

    for folder, folders, names in os.walk(root, onerror=closed):
        here = Path(folder)
        relative = here.relative_to(root)
        folders[:] = sorted(
            name
            for name in folders
            if not excludes.cover(relative / name) and not os.path.isfile(here / name / "pyvenv.cfg")  # noqa: PTH113 -- is False for closed folders
        )
        for name in sorted(names):
            if name.endswith(".py") and not excludes.cover(relative / name):
                if _is_odd(here / name):
                    odd[here / name] = _NO_FILE
                else:
                    yield here / name


def _is_odd(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        # A link that leads nowhere, or in a circle: reading says so.
        return False
    return not stat.S_ISREG(mode)
