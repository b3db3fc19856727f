"""Files that a command writes outside a plan: new ones never over another, all of them or none."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location


def create_files(files: Mapping[Path, str], *, refresh: Mapping[Path, str]) -> None:
    """Create files that must not exist yet, and bring others up to date.

    Raises:
        ToolError: one exists or cannot be written; nothing is left behind then.
    """
    made: list[Path] = []
    try:
        for path, text in files.items():
            made += _folders(path.parent)
            _create(path, text)
            made.append(path)
        for path, text in refresh.items():
            made += _folders(path.parent)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                _replace(path, text)
    except OSError as error:
        _take_back(made)
        place = Path(error.filename) if error.filename else next(iter(files))
        raise ToolError(f"cannot be written: {error.strerror}", at=Location(place)) from error


def _folders(folder: Path) -> list[Path]:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _create(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        try:
            file.write(text)
        except OSError:
            path.unlink()
            raise


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _take_back(made: list[Path]) -> None:
    for path in reversed(made):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
