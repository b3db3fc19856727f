"""SQL text survives SQLAlchemy, whatever stands in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_mock_engine, text

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.sql import for_text_clause

DIALECT = create_mock_engine("postgresql://", lambda *_: None, paramstyle="named").dialect


@given(st.text(st.sampled_from(r"a1:\$ '")) | st.text())
def test_text_clause_gives_back_what_was_meant(sql: str) -> None:
    try:
        escaped = for_text_clause(sql)
    except ToolError:
        assert re.search(r":[\w$]+:", sql)
        return
    assert str(text(escaped).compile(dialect=DIALECT)) == sql


@pytest.mark.parametrize(
    "sql", ["' :a'", r"'\:a'", "'12:30'", "a::text", "':$1'", "", r"'C:\x'", "'{\"a\":1}'"]
)
def test_text_clause_gives_back_the_awkward(sql: str) -> None:
    assert str(text(for_text_clause(sql)).compile(dialect=DIALECT)) == sql
