"""From a file's bytes to its syntax tree, with every way this can fail as a value."""

import ast
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from symtable import symtable
from typing import Literal

from trackwright_gen.location import Location
from trackwright_gen.source.encoded_text import LINE_END, decoded


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be read or is no Python."""

    kind: Literal["invalid-syntax", "unreadable-file"]
    message: str
    location: Location


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's text by lines, and its tree."""

    path: Path
    lines: tuple[str, ...]
    tree: ast.Module
    restated: frozenset[int] = frozenset()
    """Rows whose columns in the tree are not those of the text (newer syntax, said in older)."""


def parse(path: Path, data: bytes) -> Parsed | Problem:
    """Parse a file as Python of any version that this interpreter or LibCST knows."""
    text = _decoded(path, data)
    if isinstance(text, Problem):
        return text
    return _tree(path, text)


def check(path: Path, data: bytes) -> Problem | None:
    """What is wrong with a file that nobody wants the tree of."""
    text = _decoded(path, data)
    if isinstance(text, Problem):
        return text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # A third cheaper than `ast.parse`: no tree is made of Python's objects.
            symtable(text, str(path), "exec")
    except SyntaxError as error:
        from trackwright_gen.source.grammar import is_python

        return None if is_python(text) else _syntax_problem(path, error)
    except (ValueError, RecursionError, MemoryError) as error:
        return _unparsable(path, error)
    return None


def _decoded(path: Path, data: bytes) -> str | Problem:
    try:
        return decoded(data)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return Problem("unreadable-file", f"cannot be decoded: {error}", Location(path))


def _tree(path: Path, text: str) -> Parsed | Problem:
    lines = tuple(LINE_END.split(text))
    try:
        return Parsed(path, lines, _parsed(text))
    except SyntaxError as error:
        from trackwright_gen.source.grammar import in_older_grammar

        older = in_older_grammar(text)
        if older is None:
            return _syntax_problem(path, error)
    except (ValueError, RecursionError, MemoryError) as error:
        return _unparsable(path, error)
    try:
        return Parsed(path, lines, _parsed(older), _different_rows(lines, tuple(LINE_END.split(older))))
    except SyntaxError as error:
        return _syntax_problem(path, error)


def _different_rows(lines: Sequence[str], others: Sequence[str]) -> frozenset[int]:
    pairs = zip_longest(lines, others)
    return frozenset(row for row, (one, other) in enumerate(pairs, start=1) if one != other)


def _syntax_problem(path: Path, error: SyntaxError) -> Problem:
    place = Location(path, error.lineno or 1, max(error.offset or 1, 1))
    return Problem("invalid-syntax", f"no valid Python: {error.msg}", place)


def _unparsable(path: Path, error: Exception) -> Problem:
    if isinstance(error, ValueError):
        return Problem("invalid-syntax", f"no valid Python: {error}", Location(path))
    return Problem("unreadable-file", "nested too deeply to be parsed", Location(path))


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        # Invalid escapes and the like are the project's business, not ours to print.
        warnings.simplefilter("ignore")
        return ast.parse(text)
