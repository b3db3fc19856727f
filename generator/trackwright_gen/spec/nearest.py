"""The nearest right name, for hints."""

import difflib
from collections.abc import Iterable

_FEW = 12


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest name, or with all of them where none is near."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    listed = ", ".join(names[:_FEW]) + (", ..." if len(names) > _FEW else "")
    return f"possible here: {listed}" if names else "nothing can stand here"
