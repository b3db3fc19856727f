"""Status words of a hand-written table: what each means, and which of them old code reads for each status."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.project.written import WrittenColumn
from trackwright_gen.spec.core import STATUSES
from trackwright_gen.spec.loader import LoadedSpec

LONGEST = 20
_STAND_INS: Mapping[str, tuple[str, ...]] = {
    "CANCELLED": ("FAILED", "COMPLETED"),
    "FAILED": ("CANCELLED", "COMPLETED"),
    "PROCESSING": ("PENDING",),
    "PENDING": ("PROCESSING",),
    "COMPLETED": (),
}
"""Whose word an enum without one of its own for a status shows: old code can read no other."""


_LIST = re.compile(r"""\s*"?(?P<column>\w+)"?\s+in\s*\((?P<words>[^()]*)\)\s*""", re.IGNORECASE)
_TEXT = re.compile(r"'((?:[^']|'')*)'")
Words = tuple[tuple[str, str], ...]


def with_checked_words(status: WrittenColumn, checks: Iterable[str]) -> WrittenColumn:
    """The column with the words that a CHECK lists; it holds no others, as if it were an enum's."""
    for text in checks:
        match = _LIST.fullmatch(text)
        if match and match["column"] == status.name and not status.words:
            words = tuple(word.replace("''", "'") for word in _TEXT.findall(match["words"]))
            return replace(status, words=words)
    return status


def status_words(status: WrittenColumn, listed: Mapping[str, str], loaded: LoadedSpec) -> tuple[Words, Words]:
    """Old word -> status, and status -> the word that old code reads for it; those that differ.

    A status in any case means itself, and is read where old code knows it; else the word listed first is.

    Raises:
        ToolErrors: words that nothing is said of or that no status column can hold; an enum that has no word
            for a status, nor one for anything like it.
    """
    known = dict.fromkeys((*listed, *status.words, *_default(status)))
    meant = {word: listed.get(word) or _same(word) for word in known}
    if errors := list(_errors(meant, loaded)):
        raise ToolErrors(errors)
    words = {word: meaning for word, meaning in meant.items() if meaning}
    # Where one word is written small, those that nobody has mentioned are too.
    is_small = any(word.islower() for word in words)
    others = {one: one.lower() if is_small else one for one in STATUSES} if not status.words else {}
    shown = {one: _word(one, words) or others.get(one) for one in STATUSES}
    words |= {word: one for one, word in others.items() if shown[one] == word}
    for one in STATUSES:
        if shown[one] is None:
            shown[one] = next((word for other in _STAND_INS[one] if (word := shown[other])), None)
    if missing := [one for one in STATUSES if shown[one] is None]:
        raise ToolErrors([_unreadable(missing[0], loaded)])
    return (
        tuple((word, meaning) for word, meaning in words.items() if word != meaning),
        tuple((one, word) for one, word in shown.items() if word and one != word),
    )


def _errors(meant: Mapping[str, str | None], loaded: LoadedSpec) -> Iterator[ToolError]:
    for word, meaning in meant.items():
        if meaning is None:
            yield loaded.places.error(
                ("adopt", "status"),
                f"the status column knows the word {word!r}, and nothing says what it means",
                hint=f"add it: status: {{{word}: PENDING}}, or another of {', '.join(STATUSES)}",
            )
        if len(word) > LONGEST:
            yield loaded.places.error(
                ("adopt", "status", word),
                f"the status column has room for {LONGEST} characters, and {word!r} is longer",
                hint="give its rows a shorter word first",
            )


def _unreadable(status: str, loaded: LoadedSpec) -> ToolError:
    return loaded.places.error(
        ("adopt", "status"),
        f"old code has no word for {status}, so it could not read such rows",
        hint="map one of its words to it, or give its enum one more",
    )


def _word(status: str, words: Mapping[str, str]) -> str | None:
    meaning = [word for word, other in words.items() if other == status]
    return next((word for word in meaning if word.upper() == status), None) or next(iter(meaning), None)


def _default(status: WrittenColumn) -> Iterator[str]:
    if status.words:
        return  # it says them all; a default may be the name of one
    if isinstance(status.default, str):
        yield status.default
    if status.server_default and status.server_default.startswith("'"):
        yield status.server_default.strip("'")


def _same(word: str) -> str | None:
    return word.upper() if word.upper() in STATUSES else None
