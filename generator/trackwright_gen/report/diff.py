"""Changes of files as unified diffs that `git apply` reads."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from trackwright_gen.lint.fix_run import FixedFile
from trackwright_gen.report.text import shown
from trackwright_gen.source.encoded_text import decoded


def fixes(files: Iterable[FixedFile], folder: Path) -> str:
    """What fixes change, paths relative to a folder."""
    return "".join(
        file_diff(shown(file.path, folder), decoded(file.before), decoded(file.after)) for file in files
    )


def file_diff(path: str, before: str | None, after: str | None) -> str:
    """One file's diff; None: there is no such file."""
    lines = difflib.unified_diff(
        _lines(before),
        _lines(after),
        fromfile="/dev/null" if before is None else f"a/{path}",
        tofile="/dev/null" if after is None else f"b/{path}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str | None) -> list[str]:
    *parts, last = (text or "").split("\n")
    return [*(f"{part}\n" for part in parts), *([last] if last else [])]
