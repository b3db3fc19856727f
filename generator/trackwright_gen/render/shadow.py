"""A project's folders in a temporary place, with new files among links to all that is there already.

A tool that reads its settings, its first-party packages and its exceptions from what lies around a file finds there
what it would find in the project, and many files cost it one process; the project itself is not touched.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SETTINGS = ("ruff.toml", ".ruff.toml")


@dataclass(frozen=True, slots=True)
class Shadow:
    """Where the project's root and each of the texts are for the time being."""

    root: Path
    places: Mapping[Path, Path]


@contextmanager
def shadow(texts: Mapping[Path, str], root: Path) -> Iterator["Shadow"]:
    """Write the texts beside links to their neighbours.

    Raises:
        OSError: links cannot be made here.
        ValueError: a path lies outside the project.
    """
    top = _top(root)
    with tempfile.TemporaryDirectory(prefix="trackwright-format-") as name:
        below = Path(name).resolve()
        places = {path: below / path.relative_to(top) for path in texts}
        for folder in _folders(texts, top):
            _link_neighbours(folder, below / folder.relative_to(top))
        for path, place in places.items():
            if place.is_symlink():
                place.unlink()
            place.write_text(texts[path], encoding="utf-8", newline="\n")
        yield Shadow(below / root.relative_to(top), places)


def _top(root: Path) -> Path:
    """The nearest folder with settings of ruff, at or above the project's root; the root where there are none."""
    return next((folder for folder in (root, *root.parents) if _has_settings(folder)), root)


def _has_settings(folder: Path) -> bool:
    if any((folder / name).is_file() for name in _SETTINGS):
        return True
    try:
        return b"[tool.ruff" in (folder / "pyproject.toml").read_bytes()
    except OSError:
        return False


def _folders(paths: Iterable[Path], top: Path) -> list[Path]:
    """Every folder between the top and a path, outermost first."""
    found = {folder for path in paths for folder in path.parents if folder.is_relative_to(top)}
    return sorted(found)


def _link_neighbours(folder: Path, place: Path) -> None:
    if place.is_symlink():
        place.unlink()
    place.mkdir(exist_ok=True)
    if folder.is_dir():
        for entry in os.scandir(folder):
            (place / entry.name).symlink_to(entry.path)
