"""Functions and classes that are generated under another name: the user's text of them follows to the new name."""

import ast
import difflib
import io
import itertools
import re
import tokenize
from collections.abc import Iterator, Mapping

ALIKE = 0.6
"""Of their text, their own names aside, two definitions share this much, or they are two."""
_WORD = re.compile(r"\w+|[^\w\s]")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def renamed_members(base: str, new: str, yours: str) -> Mapping[str, str]:
    """Old name -> new name of what a file defines or imports; each once, none that the user's text has already.

    Raises:
        SyntaxError: one of the texts is no Python.
    """
    before, after = _definitions(base), _definitions(new)
    gone = {name: one for name, one in before.items() if name not in after}
    fresh = {name: one for name, one in after.items() if name not in before}
    taken = _names_in(yours)
    renames = {old: other for old, other in _imported(base, new) if other not in taken}
    pairs = sorted(
        (
            (-_alike(old, one, base, new), place, name, other)
            for place, (name, old) in enumerate(gone.items())
            for other, one in fresh.items()
            if type(old) is type(one) and other not in taken
        ),
    )
    for distance, _, name, other in pairs:
        if -distance >= ALIKE and name not in renames and other not in renames.values():
            renames[name] = other
    return renames


def defined_names(text: str) -> set[str]:
    """The functions and classes that a file defines at its top.

    Raises:
        SyntaxError: the text is no Python.
    """
    return {*_definitions(text)}


def _imported(base: str, new: str) -> Iterator[tuple[str, str]]:
    """The one name that a module hands out under another name by now."""
    before, after = _imports(base), _imports(new)
    for module, names in before.items():
        gone, fresh = names - after.get(module, set()), after.get(module, set()) - names
        if len(gone) == len(fresh) == 1:
            yield gone.pop(), fresh.pop()


def _imports(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found.setdefault(node.module, set()).update(one.name for one in node.names if not one.asname)
    return found


def with_names(text: str, renames: Mapping[str, str], base: str) -> str:
    """The text with other names; of texts and comments only those that were generated so, which `base` says.

    Raises:
        SyntaxError: one of the texts is no Python.
    """
    generated = {token.string for token in _tokens(base) if token.type != tokenize.NAME}
    starts = [0, *itertools.accumulate(len(row) + 1 for row in text.split("\n"))]
    words = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in renames))
    parts: list[str] = []
    done = 0
    for token in _tokens(text):
        if token.type == tokenize.NAME or token.string in generated:
            start, end = (starts[row - 1] + column for row, column in (token.start, token.end))
            if start >= done:  # the end of the file has tokens beyond it
                parts += [text[done:start], words.sub(lambda found: renames[found[0]], text[start:end])]
                done = end
    return "".join([*parts, text[done:]])


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except tokenize.TokenError as error:
        raise SyntaxError(str(error)) from error


def _names_in(text: str) -> set[str]:
    return {token.string for token in _tokens(text) if token.type == tokenize.NAME}


def _definitions(text: str) -> dict[str, _Definition]:
    return {node.name: node for node in ast.parse(text).body if isinstance(node, _Definition)}


def _alike(old: _Definition, other: _Definition, base: str, new: str) -> float:
    words, others = _words(old, base), _words(other, new)
    return difflib.SequenceMatcher(a=words, b=others, autojunk=False).ratio()


def _words(node: _Definition, text: str) -> list[str]:
    """Its words and signs, its own name left out."""
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    segment = "\n".join(text.split("\n")[first - 1 : node.end_lineno])
    return [word for word in _WORD.findall(segment) if word != node.name]
