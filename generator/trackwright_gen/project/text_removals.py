"""Spans of Python source to take out: import statements, names of them, items of brackets; the rest stays as it is."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from trackwright_gen.project.text_edits import Literal, Positions

Item = ast.expr | ast.keyword | ast.alias
_COMMA = re.compile(r"(?:\s|#[^\r\n]*)*,")
_REST_OF_ROW = re.compile(r"[ \t]*,?[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Removal:
    """Text to take out between two offsets, and what to put there instead."""

    start: int
    end: int
    instead: str = ""


def remove_all(text: str, removals: Iterable[Removal]) -> str:
    """Apply removals that were all computed on the same text and do not overlap."""
    pieces: list[str] = []
    done = 0
    for removal in sorted(removals, key=lambda one: (one.start, one.end)):
        pieces += [text[done : removal.start], removal.instead]
        done = removal.end
    return "".join([*pieces, text[done:]])


def remove_names(
    positions: Positions, node: ast.Import | ast.ImportFrom, gone: Sequence[ast.alias]
) -> list[Removal]:
    """Take names out of an import statement; all of it, with its rows, where no other name is left."""
    if len(gone) < len(node.names):
        return remove_items(positions, node.names, gone)
    start, end = positions.start(node), positions.end(node)
    row_start = positions.offset(node.lineno, 0)
    rest = _REST_OF_ROW.match(positions.text, end)
    if positions.text[row_start:start].strip() or rest is None:
        return [Removal(start, end, "pass")]  # it shares its row
    return [Removal(row_start, rest.end())]


def remove_strings(positions: Positions, literal: Literal, gone: Sequence[ast.expr]) -> list[Removal]:
    """Take items out of a list, tuple or set."""
    left = [item for item in literal.elts if item not in gone]
    if not left:
        empty = {ast.List: "[]", ast.Set: "set()", ast.Tuple: "()"}[type(literal)]
        return [Removal(positions.start(literal), positions.end(literal), empty)]
    removals = remove_items(positions, literal.elts, gone)
    if isinstance(literal, ast.Tuple) and len(left) == 1:
        end = positions.end(left[0])
        kept = remove_all(positions.text[end:], (_shifted(one, -end) for one in removals if one.start >= end))
        if not _COMMA.match(kept):  # without it, brackets around one item make no tuple
            removals.append(Removal(end, end, ","))
    return removals


def remove_items(positions: Positions, items: Sequence[Item], gone: Sequence[Item]) -> list[Removal]:
    """Take some, not all, of the items between brackets out, with the rows that they have for themselves."""
    removals: list[Removal] = []
    for is_gone, run in groupby(range(len(items)), key=lambda number: items[number] in gone):
        if is_gone:
            removals += _run(positions, items, list(run))
    return removals


def _run(positions: Positions, items: Sequence[Item], run: Sequence[int]) -> Iterator[Removal]:
    """Take items out that follow each other."""
    before, after = run[0] - 1, run[-1] + 1
    rows = [_own_rows(positions, items[number]) for number in run]
    if not all(rows):
        start = positions.start(items[run[0]]) if after < len(items) else positions.end(items[before])
        end = positions.start(items[after]) if after < len(items) else positions.end(items[run[-1]])
        yield Removal(start, end)
        return
    yield from (one for one in rows if one is not None)
    end = positions.end(items[run[-1]])
    if after == len(items) and before >= 0 and not _COMMA.match(positions.text, end):
        # The last item had no comma behind it, so what is the last one now shall have none.
        behind = positions.end(items[before])
        if comma := _COMMA.match(positions.text, behind):
            yield Removal(comma.end() - 1, comma.end())


def _own_rows(positions: Positions, item: Item) -> Removal | None:
    """The rows of an item, if nothing else stands in them."""
    start = positions.offset(item.lineno, 0)
    rest = _REST_OF_ROW.match(positions.text, positions.end(item))
    if positions.text[start : positions.start(item)].strip() or rest is None:
        return None
    return Removal(start, rest.end())


def _shifted(removal: Removal, by: int) -> Removal:
    return Removal(removal.start + by, removal.end + by, removal.instead)
