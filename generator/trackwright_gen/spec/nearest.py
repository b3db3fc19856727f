"""The nearest right name, for hints."""

import difflib
from collections.abc import Iterable

_FEW = 12


def nearest(name: str, known: Iterable[str]) -> str | None:
    """A hint with the nearest name, where one is near."""
    near = difflib.get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest name, or with what there is where none is near."""
    names = sorted(set(known))
    if near := nearest(name, names):
        return near
    listed = ", ".join(names[:_FEW]) + (", ..." if len(names) > _FEW else "")
    return f"possible here: {listed}" if names else "nothing can stand here"
