"""A change of one of the user's own files, as a whole: what it was, what it becomes, why."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Replace a file's text; line ends and a byte-order mark are part of both texts."""

    path: Path
    old_text: str
    new_text: str
    reason: str


def checked(edit: FileEdit) -> FileEdit:
    """The edit, unless it would break the file.

    Raises:
        ToolError: the new text is no valid Python; a mistake of ours that must not reach the user's file.
    """
    try:
        ast.parse(edit.new_text.removeprefix("\ufeff"))
    except SyntaxError as error:
        raise ToolError(
            f"cannot be edited safely ({edit.reason}): {error}",
            at=Location(edit.path),
            hint="make this change by hand, then run again",
        ) from error
    return edit


def joined(edits: Iterable[FileEdit]) -> tuple[FileEdit, ...]:
    """One edit per file: each was made on the text that the one before it left; what they undo is no edit."""
    found: dict[Path, FileEdit] = {}
    for edit in edits:
        first = found.get(edit.path)
        if first is None:
            found[edit.path] = edit
        else:
            reason = f"{first.reason}; {edit.reason}"
            found[edit.path] = FileEdit(edit.path, first.old_text, edit.new_text, reason)
    return tuple(edit for edit in found.values() if edit.old_text != edit.new_text)
