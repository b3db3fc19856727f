"""One cache file: replaced as a whole, so that runs side by side never read half of one."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

_MOST_FILES = 20
"""Results of other settings and days; more are not asked for again."""
_IGNORE = "# Made by trackwright; safe to delete.\n*\n"


def read_cache(path: Path) -> Any:
    """What a cache file holds; None if there is none, or it is broken."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        # A cache may always be missing: the work is done again.
        return None


def write_cache(path: Path, content: Any) -> None:
    """Put content into a cache file, if its folder can be written."""
    try:
        path.parent.mkdir(exist_ok=True)
        ignore = path.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text(_IGNORE, encoding="utf-8")
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _drop_old(path.parent)
    except OSError:
        # A tree that cannot be written is linted all the same.
        return


def _drop_old(folder: Path) -> None:
    newest_first = sorted(folder.glob("*.json"), key=lambda each: each.stat().st_mtime_ns, reverse=True)
    for each in newest_first[_MOST_FILES:]:
        each.unlink(missing_ok=True)
