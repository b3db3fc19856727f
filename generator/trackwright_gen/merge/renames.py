"""Files that are generated under another path than before, told by what is in them."""

from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

_LIKE = 0.5
"""The share of equal words from which on a file is the same one; git's own for renames."""


def renamed(gone: Mapping[str, str], fresh: Mapping[str, str]) -> dict[str, str]:
    """New path -> old path, for texts generated no more and texts generated for the first time; likest first."""
    words = {path: Counter(text.split()) for path, text in (*gone.items(), *fresh.items())}
    pairs = sorted(
        (-likeness, new, old)
        for new in fresh
        for old in gone
        if PurePosixPath(new).suffix == PurePosixPath(old).suffix
        and (likeness := _likeness(words[new], words[old])) >= _LIKE
    )
    found: dict[str, str] = {}
    for _, new, old in pairs:
        if new not in found and old not in found.values():
            found[new] = old
    return found


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max(1, one.total() + other.total())
