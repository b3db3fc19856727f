"""What filters make of a spec's text: code only by our own hand."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackwright_gen.render.filters import docstring, py


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        pytest.param("Reads a file", "", '"""Reads a file."""', id="a full stop is added"),
        pytest.param('Says "hello"', "", '"""Says "hello"."""', id="a quote at the end"),
        pytest.param('a """ b', "", '"""a \'\'\' b."""', id="triple quotes do not end it"),
        pytest.param("a\\b", "", 'r"""a\\b."""', id="a backslash makes it raw"),
        pytest.param("two\n  lines", "", '"""two lines."""', id="on one line"),
        pytest.param("One.", "More.", '"""One.\n\n    More.\n    """', id="with more below"),
        pytest.param(
            "First sentence. " + "word " * 20,
            "",
            '"""First sentence.\n\n    ' + ("word " * 16).strip() + "\n    " + "word " * 3 + 'word.\n    """',
            id="a long text is a summary and the rest",
        ),
    ],
)
def test_docstring(text: str, more: str, expected: str) -> None:
    assert docstring(text, more) == expected


@given(
    st.text(st.characters(blacklist_categories=["Cs"])), st.text(st.characters(blacklist_categories=["Cs"]))
)
def test_no_text_becomes_code(text: str, more: str) -> None:
    source = f"def function():\n    {docstring(text, more)}\n".replace("\0", "")
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 1
    assert ast.get_docstring(function) is not None


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_py_gives_the_text_back(text: str) -> None:
    assert ast.literal_eval(py(text)) == text
