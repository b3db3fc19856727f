"""One pass of fixes over a text: what overlaps waits for the next pass."""

import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from trackwright_gen.diagnostics import Diagnostic, Edit, Fix
from trackwright_gen.location import Location
from trackwright_gen.source.encoded_text import LINE_END, newline_of


@dataclass(frozen=True, slots=True)
class Pass:
    """A text after one pass, and the findings that were mended in it."""

    text: str
    fixed: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, order=True)
class _Replacement:
    """An edit by offsets; the end is exclusive."""

    start: int
    end: int
    content: str


def fix_text(text: str, diagnostics: Iterable[Diagnostic]) -> Pass:
    """Apply the fixes of findings of one file in the order of their places.

    Two fixes may need the same edit (an import): it is made once. A fix of which an edit touches what another
    fix changes is left for the next pass, as a whole.
    """
    starts = [0, *(match.end() for match in LINE_END.finditer(text))]
    newline = newline_of(text)
    taken: list[_Replacement] = []
    fixed: list[Diagnostic] = []
    for diagnostic in diagnostics:
        if diagnostic.fix is not None:
            wanted = _replacements(diagnostic.fix, starts, newline)
            fresh = sorted(wanted - set(taken))
            if _fits_itself(fresh) and not any(_is_in_the_way(taken, each) for each in fresh):
                for each in fresh:
                    bisect.insort(taken, each)
                fixed.append(diagnostic)
    return Pass(_replaced(text, taken), tuple(fixed))


def _replacements(fix: Fix, starts: list[int], newline: str) -> set[_Replacement]:
    return {_replacement(edit, starts, newline) for edit in fix.edits}


def _replacement(edit: Edit, starts: list[int], newline: str) -> _Replacement:
    where: Location = edit.location
    end_row, end_column = where.end_row or where.row, where.end_column or where.column
    return _Replacement(
        starts[where.row - 1] + where.column - 1,
        starts[end_row - 1] + end_column - 1,
        edit.content.replace("\n", newline),
    )


def _fits_itself(ordered: list[_Replacement]) -> bool:
    return not any(_touch(one, other) for one, other in pairwise(ordered))


def _is_in_the_way(taken: list[_Replacement], wanted: _Replacement) -> bool:
    """True if what is taken touches an edit; as nothing taken overlaps, only its neighbours can."""
    place = bisect.bisect(taken, wanted)
    return any(_touch(each, wanted) for each in taken[max(place - 1, 0) : place + 1])


def _touch(one: _Replacement, other: _Replacement) -> bool:
    # Two edits at one place have no order of their own.
    return one.start == other.start or (one.start < other.end and other.start < one.end)


def _replaced(text: str, ordered: list[_Replacement]) -> str:
    pieces: list[str] = []
    done = 0
    for each in ordered:
        pieces += [text[done : each.start], each.content]
        done = each.end
    return "".join([*pieces, text[done:]])
