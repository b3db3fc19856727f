"""A three-way merge of lines in Python, for machines without git."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from trackwright_gen.merge.decide import Merged


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Lines base[start:end] that a side replaced with its own [own_start:own_end]."""

    start: int
    end: int
    own_start: int
    own_end: int


def merge_lines(base: str, new: str, yours: str) -> Merged:
    """Merge like git merge-file: changes that neither overlap nor touch go together, others become conflicts."""
    lines = [_lines(text) for text in (base, new, yours)]
    old, ours, theirs = lines
    merged: list[str] = []
    conflicts = False
    position = 0
    for start, end, mine, other in _regions(old, ours, theirs):
        merged += old[position:start]
        position = end
        before = old[start:end]
        if other in (mine, before):
            merged += mine
        elif mine == before:
            merged += other
        else:
            conflicts = True
            merged += _marked(other, before, mine)
    merged += old[position:]
    return Merged("".join(merged), conflicts)


def marked_whole(base: str, new: str, yours: str) -> str:
    """Three texts in full between conflict markers."""
    return "".join(_marked(_lines(yours), _lines(base), _lines(new)))


def _lines(text: str) -> list[str]:
    """Lines by newline only: other characters that str.splitlines knows belong to the text."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _regions(
    old: list[str], ours: list[str], theirs: list[str]
) -> Iterator[tuple[int, int, list[str], list[str]]]:
    """Stretches of the base that some side changed, with what each side has in their place."""
    sides = (_changes(old, ours), _changes(old, theirs))
    bounds = sorted((change.start, change.end) for side in sides for change in side)
    for start, end in _joined(bounds):
        yield start, end, _side(sides[0], ours, start, end), _side(sides[1], theirs, start, end)


def _changes(old: list[str], own: list[str]) -> list[_Stretch]:
    matcher = difflib.SequenceMatcher(None, old, own, autojunk=False)
    return [_Stretch(i1, i2, j1, j2) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]


def _joined(bounds: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in bounds:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _side(changes: list[_Stretch], own: list[str], start: int, end: int) -> list[str]:
    """What a side has in place of base[start:end]."""
    first = start + _shift(changes, start, before=True)
    last = end + _shift(changes, end, before=False)
    return own[first:last]


def _shift(changes: list[_Stretch], position: int, *, before: bool) -> int:
    """How far a side's lines are displaced at a position, counting a change that ends or starts there or not."""
    done = [
        change
        for change in changes
        if change.end <= position and not (before and change.start == position == change.end)
    ]
    return sum((change.own_end - change.own_start) - (change.end - change.start) for change in done)


def _marked(yours: list[str], base: list[str], generated: list[str]) -> list[str]:
    parts = (
        ("<<<<<<< yours\n", yours),
        ("||||||| generated before\n", base),
        ("=======\n", generated),
    )
    marked: list[str] = []
    for marker, lines in parts:
        marked += [marker, *lines]
        if not marked[-1].endswith("\n"):
            marked[-1] += "\n"
    return [*marked, ">>>>>>> generated now\n"]
