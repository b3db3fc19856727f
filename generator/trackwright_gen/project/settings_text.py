"""Settings written into a TOML file that people edit too: only the lines of the changed keys are touched."""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location

HEADER = re.compile(r"^\s*\[")


def with_settings(path: Path, text: str, values: Mapping[str, str]) -> str:
    """A settings file's text with keys set: in [tool.trackwright] of pyproject.toml, else at the top level.

    Raises:
        ToolError: the file writes these settings in a form that cannot be edited safely.
    """
    table = "tool.trackwright" if path.name == "pyproject.toml" else None
    new = _edited(text, table, values)
    wanted = {**_table(tomllib.loads(text.removeprefix("\ufeff")), table), **values}
    try:
        written = _table(tomllib.loads(new.removeprefix("\ufeff")), table)
    except tomllib.TOMLDecodeError:
        written = None
    if written != wanted:
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items())
        heading = f"[{table}]\n" if table else ""
        raise ToolError(
            "the settings stand here in a form that cannot be edited safely",
            at=Location(path),
            hint=f"write them by hand:\n{heading}{lines}",
        )
    return new


def _table(document: Mapping[str, Any], table: str | None) -> Mapping[str, Any]:
    for key in table.split(".") if table else ():
        document = document.get(key, {})
    return document


def _edited(text: str, table: str | None, values: Mapping[str, str]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    start, end = _section(lines, table)
    if start is None:
        gap = "" if not text else newline if text.endswith(newline) else newline * 2
        return f"{text}{gap}[{table}]{newline}" + "".join(
            f"{_line(*pair)}{newline}" for pair in values.items()
        )
    for key, value in values.items():
        row = next((row for row in range(start, end) if _sets(lines[row], key)), None)
        if row is None:
            place = _behind_last(lines, start, end)
            lines.insert(place, _line(key, value))
            end += 1
        else:
            lines[row] = _replaced(lines[row], key, value)
    return newline.join(lines)


def _section(lines: list[str], table: str | None) -> tuple[int | None, int]:
    """The rows of a table's keys, without its heading."""
    start: int | None = 0
    if table is not None:
        heading = re.compile(rf"^\s*\[\s*{re.escape(table)}\s*\]\s*(#.*)?$")
        start = next((row + 1 for row, line in enumerate(lines) if heading.match(line)), None)
    if start is None:
        return None, len(lines)
    return start, next((row for row in range(start, len(lines)) if HEADER.match(lines[row])), len(lines))


def _behind_last(lines: list[str], start: int, end: int) -> int:
    """Behind the section's last line that says something."""
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


def _sets(line: str, key: str) -> bool:
    return re.match(rf"^\s*\"?{re.escape(key)}\"?\s*=", line) is not None


def _line(key: str, value: str) -> str:
    return f"{key} = {json.dumps(value)}"


def _replaced(line: str, key: str, value: str) -> str:
    comment = re.search(r"\s+#[^\"']*$", line)
    return _line(key, value) + (comment[0] if comment else "")
