"""SQL text survives SQLAlchemy, whatever stands in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_mock_engine, text
from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS as POSTGRESQL_WORDS
from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.sql import for_text_clause, quoted
from trackwright_gen.spec.sql_words import RESERVED_WORDS

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


def test_words_that_sqlalchemy_quotes_are_quoted() -> None:
    assert {*POSTGRESQL_WORDS, *SQLiteIdentifierPreparer.reserved_words} <= RESERVED_WORDS


@pytest.mark.parametrize(
    "name", ["etf_id", "order", "Order", "1st", "_x", "a$b", "$a", "user", "a b", 'say "hi"']
)
def test_names_are_quoted_where_sqlalchemy_quotes_them(name: str) -> None:
    assert quoted(name) == DIALECT.identifier_preparer.quote(name)
