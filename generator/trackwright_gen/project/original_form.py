"""A file from which registrations were taken out, written as it was before they came where it means the same."""

import ast

from trackwright_gen.project.text_edits import NEWLINE, Positions
from trackwright_gen.project.text_removals import Removal, remove_all


def in_original_form(text: str, original: str) -> str:
    """The original text where only empty rows differ; else the text, with statements as the original wrote them.

    The formatter lets a call that once got too long for its row stay wrapped; so what is taken out of it does not
    bring its old form back.
    """
    original = NEWLINE.sub(Positions(text).newline, original)
    if _rows(text) == _rows(original):
        return original
    written = dict(_statements(original))
    positions = Positions(text)
    replaced = [
        Removal(positions.start(node), positions.end(node), written[meaning])
        for meaning, node in _nodes(text)
        if meaning in written
    ]
    return remove_all(text, replaced)


def _rows(text: str) -> list[str]:
    return [row for row in NEWLINE.split(text) if row.strip()]


def _statements(text: str) -> list[tuple[str, str]]:
    positions = Positions(text)
    return [(meaning, text[positions.start(node) : positions.end(node)]) for meaning, node in _nodes(text)]


def _nodes(text: str) -> list[tuple[str, ast.stmt]]:
    """The top-level statements by what they mean, wherever they stand."""
    return [(ast.dump(node), node) for node in parsed(text).body]


def parsed(text: str) -> ast.Module:
    """A file's text as the parser takes it."""
    return ast.parse(text.removeprefix("\ufeff"))
