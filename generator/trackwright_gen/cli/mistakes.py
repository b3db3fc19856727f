"""What a command could not do, for programs: the same mistakes as in the text, with their places."""

import json
from typing import Any

from trackwright_gen.errors import ToolError, ToolErrors


def mistakes_as_json(error: ToolError | ToolErrors) -> str:
    """`{"errors": [{message, filename, location: {row, column}, hint}, ...]}`; null where there is no place."""
    errors = error.errors if isinstance(error, ToolErrors) else (error,)
    return json.dumps({"errors": [_mistake(each) for each in errors]}, indent=2)


def _mistake(error: ToolError) -> dict[str, Any]:
    at = error.at
    return {
        "message": error.message,
        "filename": None if at is None else str(at.path),
        "location": None if at is None else {"row": at.row, "column": at.column},
        "hint": error.hint,
    }
