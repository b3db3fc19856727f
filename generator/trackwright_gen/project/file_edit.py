"""A change of one of the user's own files, as a whole: what it was, what it becomes, why."""

import ast
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
