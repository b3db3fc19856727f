"""Findings for people: with the source around them, or one line each."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.lint.engine import LintResult
from trackwright_gen.location import Location

_CONTEXT = 2
"""How many lines of source stand around the one that is meant."""
_WIDEST = 500
"""Characters of a line that are shown: nobody reads more, and a hostile one would fill the log."""


def full(result: LintResult, folder: Path) -> str:
    """Each finding with its source, then a closing line."""
    blocks = [f"{_block(each, folder)}\n" for each in result.diagnostics]
    return "\n".join([*blocks, _closing(result)])


def concise(result: LintResult, folder: Path) -> str:
    """One line per finding, then a closing line."""
    lines = [f"{place(each, folder)}: {each.code} {each.message}" for each in result.diagnostics]
    return "\n".join([*lines, _closing(result)])


def statistics(result: LintResult) -> str:
    """How often each rule was broken, most often first; then how often exemptions excused it."""
    counts: dict[tuple[str, str], int] = {}
    for each in result.diagnostics:
        counts[each.code, each.name] = counts.get((each.code, each.name), 0) + 1
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    rows = [
        *((count, code, name) for (code, name), count in ordered),
        *((count, code, f"excused ({kind})") for kind, code, count in result.exempted),
    ]
    width = max((len(str(count)) for count, _, _ in rows), default=0)
    return "\n".join(f"{count:>{width}}\t{code}\t{said}" for count, code, said in rows)


def unresolved(result: LintResult, folder: Path) -> str:
    """One line for everything that could not be followed."""
    lines = [f"{_place(each.location, folder)}: {each.message}" for each in result.unresolved]
    if not result.all_parse:
        lines.append("Files that cannot hold a job were too many to be asked for syntax errors.")
    return "\n".join(lines) or "Everything that looks like a job could be followed."


def place(diagnostic: Diagnostic, folder: Path) -> str:
    """`path:row:column`, the path as short as the folder allows."""
    return _place(diagnostic.location, folder)


def _place(where: Location, folder: Path) -> str:
    return f"{shown(where.path, folder)}:{where.row}:{where.column}"


def shown(path: Path, folder: Path) -> str:
    """A path relative to a folder, if it lies in it."""
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _closing(result: LintResult) -> str:
    left = len(result.diagnostics)
    if result.fixed:
        found = f"Found {_counted(left + result.fixed)} ({result.fixed} fixed, {left} remaining)."
    elif left:
        found = f"Found {_counted(left)}."
    else:
        found = "All checks passed!"
    if result.known:
        found = f"{found} {_counted(result.known)} in the baseline."
    return "\n".join([found, *_offers(result)])


def _counted(count: int) -> str:
    return f"{count} finding{'s' if count > 1 else ''}"


def _offers(result: LintResult) -> Iterator[str]:
    """What `--fix` could still do."""
    fixes = [each.fix for each in result.diagnostics if each.fix is not None]
    safe = sum(fix.safe for fix in fixes)
    if safe:
        yield f"{safe} fixable with `--fix`."
    if unsafe := len(fixes) - safe:
        yield f"{unsafe} fixable with `--fix --unsafe-fixes`: read what they change."


def _block(diagnostic: Diagnostic, folder: Path) -> str:
    where = diagnostic.location
    head = f"{diagnostic.code} {diagnostic.message}"
    lines = _lines(where.path)
    if not 0 < where.row <= len(lines):
        return f"{head}\n --> {place(diagnostic, folder)}"
    first, last = max(1, where.row - _CONTEXT), min(len(lines), where.row + _CONTEXT)
    width = len(str(last))
    margin = " " * width
    rows = [f"{head}", f"{margin}--> {place(diagnostic, folder)}", f"{margin} |"]
    for row in range(first, last + 1):
        rows.append(f"{row:>{width}} | {lines[row - 1][:_WIDEST]}".rstrip())
        if row == where.row:
            rows.append(f"{margin} | {_marks(diagnostic, lines[row - 1])[:_WIDEST]}")
    return "\n".join([*rows, f"{margin} |"])


def _marks(diagnostic: Diagnostic, line: str) -> str:
    where = diagnostic.location
    same_row = where.end_row == where.row and where.end_column is not None
    end = where.end_column if same_row and where.end_column is not None else len(line) + 1
    # Tabs stay tabs, so that the marks stand under what they mean.
    before = "".join("\t" if char == "\t" else " " for char in line[: where.column - 1])
    return before + "^" * max(1, end - where.column)


@cache
def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        # The finding itself says that the file cannot be read.
        return []
