"""One file's change: what was there when it was planned, and what shall be there."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Change:
    """A file's bytes before and after; None: no file."""

    path: Path
    before: bytes | None
    after: bytes | None


def text_change(path: Path, before: str | None, after: str | None) -> Change:
    """A change of a UTF-8 file; newlines are written as they stand in the texts."""
    return Change(path, _encoded(before), _encoded(after))


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8")
