"""From a file's bytes to its syntax tree, with every way this can fail as a value."""

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trackwright_gen.location import Location

_LINE_END = re.compile(r"\r\n|\r|\n")


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


def parse(path: Path, data: bytes) -> Parsed | Problem:
    """Parse a file as Python of any version that this interpreter or LibCST knows."""
    text = _decoded(path, data)
    if isinstance(text, Problem):
        return text
    tree = _tree(path, text)
    if isinstance(tree, Problem):
        return tree
    return Parsed(path, tuple(_LINE_END.split(text)), tree)


def check(path: Path, data: bytes) -> Problem | None:
    """What is wrong with a file that nobody wants the tree of."""
    text = _decoded(path, data)
    if isinstance(text, Problem):
        return text
    try:
        _parsed(text)
    except SyntaxError as error:
        from trackwright_gen.source.grammar import is_python

        return None if is_python(text) else _syntax_problem(path, error)
    except (ValueError, RecursionError, MemoryError) as error:
        return _unparsable(path, error)
    return None


def _decoded(path: Path, data: bytes) -> str | Problem:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return Problem("unreadable-file", f"cannot be decoded: {error}", Location(path))


def _tree(path: Path, text: str) -> ast.Module | Problem:
    try:
        return _parsed(text)
    except SyntaxError as error:
        from trackwright_gen.source.grammar import in_older_grammar

        older = in_older_grammar(text)
        if older is None:
            return _syntax_problem(path, error)
    except (ValueError, RecursionError, MemoryError) as error:
        return _unparsable(path, error)
    try:
        return _parsed(older)
    except SyntaxError as error:
        return _syntax_problem(path, error)


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
