"""What `.trackwright` remembers of the user's own files: how they were before the first registration."""

from pathlib import Path

from trackwright_gen.merge.record import FOLDER, SUFFIX

SHARED = "shared-files"
"""Beside the domains' folders; the hyphen keeps it from ever being a domain's name."""


def original_file(root: Path, path: Path) -> Path | None:
    """Where the original text of a file is kept; None for a file outside the project."""
    if not path.is_relative_to(root):
        return None
    return root / FOLDER / SHARED / "base" / f"{path.relative_to(root).as_posix()}{SUFFIX}"


def read_originals(root: Path) -> dict[Path, str]:
    """The user's files that were edited -> their texts before; one that cannot be read is as if not kept."""
    folder = root / FOLDER / SHARED / "base"
    originals: dict[Path, str] = {}
    for file in sorted(folder.rglob(f"*{SUFFIX}")):
        path = root / file.relative_to(folder).as_posix().removesuffix(SUFFIX)
        originals[path] = file.read_bytes().decode("utf-8", errors="replace")
    return originals
