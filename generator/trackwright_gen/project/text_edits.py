"""Insertions into Python source that leave every other byte as it is, placed by what the parser says."""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NEWLINE = re.compile(r"\r\n|\r|\n")
Literal = ast.List | ast.Tuple | ast.Set


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text to put in front of an offset."""

    offset: int
    text: str


def insert_all(text: str, insertions: Iterable[Insertion]) -> str:
    """Apply insertions that were all computed on the same text; those at one place keep their order."""
    pieces: list[str] = []
    done = 0
    for insertion in sorted(insertions, key=lambda one: one.offset):
        pieces += [text[done : insertion.offset], insertion.text]
        done = insertion.offset
    return "".join([*pieces, text[done:]])


class Positions:
    """Offsets of a text by the parser's rows and columns (which count UTF-8 bytes)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.mark = 1 if text.startswith("\ufeff") else 0
        self.starts = [self.mark, *(match.end() for match in NEWLINE.finditer(text))]
        found = NEWLINE.search(text)
        self.newline = found[0] if found else "\n"

    def offset(self, row: int, column: int) -> int:
        """The offset of a 1-based row and a column in bytes."""
        start = self.starts[row - 1]
        return start + len(self.line(row).encode()[:column].decode())

    def start(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> int:
        """Where a node begins."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> int:
        """Where a node ends."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def line(self, row: int) -> str:
        """A row's text without its line end."""
        if row > len(self.starts):
            return ""
        stop = self.starts[row] if row < len(self.starts) else len(self.text)
        return self.text[self.starts[row - 1] : stop].rstrip("\r\n")

    def after_row(self, row: int) -> Insertion:
        """An empty insertion at the beginning of the next row, ending the last row where it has no line end."""
        if row < len(self.starts):
            return Insertion(self.starts[row], "")
        return Insertion(len(self.text), self.newline if self.text[self.mark :] else "")

    def indent(self, row: int) -> str:
        """The white space that a row begins with."""
        line = self.line(row)
        return line[: len(line) - len(line.lstrip())]


def insert_items(
    positions: Positions, items: Sequence[ast.expr | ast.keyword], new: Sequence[str], *, close: int
) -> list[Insertion]:
    """Add items behind the last one of a bracket that closes at an offset, one per row where they stand so."""
    if not items:
        return [Insertion(close, ", ".join(new))]
    last, end = items[-1], positions.end(items[-1])
    end_row = last.end_lineno or last.lineno
    behind = positions.text[end:close]
    comma = re.match(r"(\s|#[^\r\n]*)*,", behind)
    if not NEWLINE.search(behind):
        added = "".join(f", {item}" for item in new)
        # A tuple of one item has a comma behind it; a second item needs it no more, but keeps it harmless.
        return [Insertion(end, added)]
    indent = positions.newline + positions.indent(last.lineno)
    row_end = positions.starts[end_row - 1] + len(positions.line(end_row))
    if comma:
        at = max(row_end, end + comma.end())
        return [Insertion(at, "".join(f"{indent}{item}," for item in new))]
    return [Insertion(end, ","), Insertion(row_end, ",".join(f"{indent}{item}" for item in new))]


def insert_strings(positions: Positions, literal: Literal, values: Sequence[str]) -> list[Insertion]:
    """Add strings to a list, tuple or set of them; into a sorted one at their places."""
    quote = _quote_of(positions, literal)
    if isinstance(literal, ast.List) and not literal.elts:
        return [_first_items(positions, literal, [f"{quote}{value}{quote}" for value in sorted(values)])]
    known = [item.value for item in literal.elts if isinstance(item, ast.Constant)]
    is_sorted = len(known) == len(literal.elts) and known == sorted(known, key=str)
    insertions: list[Insertion] = []
    behind: list[str] = []
    for value in sorted(values):
        follower = next((item for item in literal.elts if _text(item) > value), None) if is_sorted else None
        if follower is None:
            behind.append(f"{quote}{value}{quote}")
        else:
            insertions.append(_before(positions, follower, f"{quote}{value}{quote}"))
    if behind:
        insertions += insert_items(positions, literal.elts, behind, close=_close(positions, literal))
    if isinstance(literal, ast.Tuple) and not literal.elts and len(values) == 1:
        insertions.append(Insertion(_close(positions, literal), ","))
    return insertions


def _first_items(positions: Positions, literal: ast.List, items: Sequence[str]) -> Insertion:
    """The items of an empty list, one per row: it will grow, and stays in form when it does."""
    outer = positions.newline + positions.indent(literal.lineno)
    rows = "".join(f"{outer}    {item}," for item in items)
    return Insertion(_close(positions, literal), rows + outer)


def _before(positions: Positions, follower: ast.expr, item: str) -> Insertion:
    start = positions.start(follower)
    row_start = positions.starts[follower.lineno - 1]
    is_first_of_row = not positions.text[row_start:start].strip()
    gap = positions.newline + positions.indent(follower.lineno) if is_first_of_row else " "
    return Insertion(start, f"{item},{gap}")


def _text(item: ast.expr) -> str:
    return item.value if isinstance(item, ast.Constant) and isinstance(item.value, str) else ""


def _close(positions: Positions, literal: Literal) -> int:
    """Where the closing bracket stands; for a tuple without one, its end."""
    end = positions.end(literal)
    first = next(iter(literal.elts), None)
    # A tuple without brackets begins where its first item does.
    is_bare = first is not None and positions.start(literal) == positions.start(first)
    return end if is_bare else end - 1


def _quote_of(positions: Positions, literal: Literal) -> str:
    for item in literal.elts:
        first = positions.text[positions.start(item)]
        if first in "'\"":
            return first
    return '"'
