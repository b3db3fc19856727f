"""Strings are added to lists of every form; what was there stays, byte for byte."""

import ast

import pytest

from trackwright_gen.project.text_edits import Positions, insert_all, insert_strings

CASES = [
    pytest.param("x = []\n", 'x = [\n    "new",\n]\n', id="an empty list gets a row per item"),
    pytest.param("x = ()\n", 'x = ("new",)\n', id="an empty tuple"),
    pytest.param("x = ['old']\n", "x = ['new', 'old']\n", id="the quotes of the list"),
    pytest.param('x = ["z", "a"]\n', 'x = ["z", "a", "new"]\n', id="an unsorted list grows at its end"),
    pytest.param('x = ["z", "a",]\n', 'x = ["z", "a", "new",]\n', id="a last comma in one row"),
    pytest.param('x = ("z",)\n', 'x = ("new", "z",)\n', id="a tuple of one"),
    pytest.param('x = "z", "a"\n', 'x = "z", "a", "new"\n', id="a tuple without brackets"),
    pytest.param('x = {"z", "a"}\n', 'x = {"z", "a", "new"}\n', id="a set"),
    pytest.param(
        'x = [\n    "z",  # why\n    "a",  # because\n]\n',
        'x = [\n    "z",  # why\n    "a",  # because\n    "new",\n]\n',
        id="rows with comments",
    ),
    pytest.param(
        'x = [\n    "z",\n    "a"  # because\n]\n',
        'x = [\n    "z",\n    "a",  # because\n    "new"\n]\n',
        id="rows without a last comma",
    ),
    pytest.param(
        'x = [\n    "a",\n    # the rest\n    "z",\n]\n',
        'x = [\n    "a",\n    # the rest\n    "new",\n    "z",\n]\n',
        id="a sorted list with a comment between",
    ),
    pytest.param('x = ["é", "ä", other]\n', 'x = ["é", "ä", other, "new"]\n', id="columns count bytes"),
    pytest.param(
        'def f():\n\tx = [\n\t\t"z",\n\t\tother,\n\t]\n',
        'def f():\n\tx = [\n\t\t"z",\n\t\tother,\n\t\t"new",\n\t]\n',
        id="tabs",
    ),
    pytest.param('x = ["z",\r\n     "a"]\r\n', 'x = ["z",\r\n     "a", "new"]\r\n', id="line ends"),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_a_string_is_added(before: str, after: str) -> None:
    literal = _literal(before)
    assert insert_all(before, insert_strings(Positions(before), literal, ["new"])) == after
    added = {ast.unparse(item) for item in _literal(after).elts} - {
        ast.unparse(item) for item in literal.elts
    }
    assert added == {"'new'"}


def test_several_are_added_in_order() -> None:
    before = 'x = ["b", "d"]\n'
    insertions = insert_strings(Positions(before), _literal(before), ["c", "e", "a", "f"])
    assert insert_all(before, insertions) == 'x = ["a", "b", "c", "d", "e", "f"]\n'


def _literal(text: str) -> ast.List | ast.Tuple | ast.Set:
    (found, *_) = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.List, ast.Tuple, ast.Set))
    ]
    return found
