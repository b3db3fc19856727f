"""What `generate` said when it had nothing to do, kept beside the project: while no file changes, it is said again.

Most runs are of this kind, and most of such a run is importing what it would need if there were something to do.
A file counts as unchanged while its size and both its times are what they were; CI, which checks out files anew,
always does the whole work.
"""

import hashlib
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import trackwright_gen
import trackwright_templates
from trackwright_gen.write.cache_file import read_cache, write_cache

FOLDER = ".trackwright_cache"
_RECORDS = ".trackwright"
_SUFFIXES = (".py", ".toml", ".ini", ".cfg", ".yaml", ".yml", ".mako", ".md", ".jinja")
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist"})
_ABOVE = ("trackwright.toml", "pyproject.toml", "ruff.toml", ".ruff.toml")
SETTLED = 2.0
"""Seconds: a file system may tell two changes within one tick of its clock by nothing."""

State: TypeAlias = dict[str, list[int]]
"""Path -> modified, changed, size."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, as far as the answer depends on it."""

    start: Path
    specs: tuple[str, ...]
    parts: Mapping[str, str | None]

    @property
    def name(self) -> str:
        """The cache file's name: the request, the tool and its surroundings."""
        given = (str(self.start), *self.specs, *(f"{key}={value}" for key, value in self.parts.items()))
        environment = (
            f"{key}={value}" for key, value in sorted(os.environ.items()) if key.startswith("RUFF_")
        )
        text = "\0".join((*given, *environment, sys.version, *_tool()))
        return f"generate-{hashlib.blake2b(text.encode(errors='surrogateescape'), digest_size=16).hexdigest()}.json"


def said_before(request: Request) -> str | None:
    """What the same run said, if it had nothing to do and no file changed since."""
    name = request.name
    for folder in (request.start, *request.start.parents):
        saved = read_cache(folder / FOLDER / name)
        if isinstance(saved, dict):
            return str(saved["said"]) if saved.get("files") == state_of(folder) else None
    return None


def remember(request: Request, root: Path, state: State, said: str) -> None:
    """Keep what a run said that had nothing to do; `state` is the project's from before the run.

    A run soon after a change is not kept: a second change could look like none.
    """
    newest = max((time_ns for times in state.values() for time_ns in times[:2]), default=0)
    if time.time() - newest / 1e9 > SETTLED:
        write_cache(root / FOLDER / request.name, {"said": said, "files": state})


def state_of(root: Path) -> State:
    """Every file of a project that a run may read, and the settings above it."""
    above = (folder / name for folder in root.parents for name in _ABOVE)
    places = (*above, *_settings_of_the_user())
    return {str(path): found for path in (*places, *_files(root)) if (found := _stat(path))}


def is_covered(root: Path, paths: Iterable[Path]) -> bool:
    """Whether `state_of` would notice a change at each of the paths, folders included."""
    return all(_is_covered(root, path) for path in paths)


def _is_covered(root: Path, path: Path) -> bool:
    if not path.is_relative_to(root):
        return False
    inner = path.relative_to(root).parts
    parents = [root.joinpath(*inner[:length]) for length in range(1, len(inner))]
    itself = path == root or (_is_entered(path) if path.is_dir() else _is_read(path.name))
    return itself and all(_is_entered(folder) for folder in parents)


def _files(root: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(root):
        folders[:] = [name for name in folders if _is_entered(Path(place, name))]
        everything = _RECORDS in Path(place).relative_to(root).parts
        yield from (Path(place, name) for name in files if everything or _is_read(name))


def _is_entered(folder: Path) -> bool:
    hidden = folder.name.startswith(".") and folder.name != _RECORDS
    skipped = hidden or folder.name in _SKIPPED or folder.is_symlink()
    return not skipped and not (folder / "pyvenv.cfg").is_file()


def _is_read(name: str) -> bool:
    return name.endswith(_SUFFIXES) or ".env" in name or name == "env.example"


def _settings_of_the_user() -> tuple[Path, ...]:
    """Where ruff looks when a project says nothing."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    folder = Path(os.environ.get("APPDATA", home)) if os.name == "nt" else home
    return tuple(folder / "ruff" / name for name in _ABOVE)


def _tool() -> Iterator[str]:
    """The tool's own files, and the folders of installed packages: installing anything touches them."""
    own = (Path(place) for package in (trackwright_gen, trackwright_templates) for place in package.__path__)
    files = (path for folder in own for path in sorted(folder.rglob("*")) if path.suffix in _SUFFIXES)
    installed = (Path(place) for place in sys.path if place.endswith(("site-packages", "dist-packages")))
    yield from (f"{path}:{_stat(path)}" for path in (*files, *installed))


def _stat(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size]
