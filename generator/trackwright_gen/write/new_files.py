"""Files that a command writes outside a plan: new ones never over another, all of them or none."""

from collections.abc import Mapping
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.write.change import Change, text_change
from trackwright_gen.write.transaction import apply_changes


def create_files(files: Mapping[Path, str], *, refresh: Mapping[Path, str]) -> None:
    """Create files that must not exist yet, and bring others up to date.

    Raises:
        ToolError: one exists or cannot be written; nothing is left behind then.
    """
    for path in files:
        if path.exists():
            raise ToolError("cannot be written: File exists", at=Location(path))
    created = [text_change(path, None, text) for path, text in files.items()]
    apply_changes([*created, *(_refreshed(path, text) for path, text in refresh.items())])


def _refreshed(path: Path, text: str) -> Change:
    before = path.read_bytes() if path.exists() else None
    return Change(path, before, text.encode("utf-8"))
