"""SQL text that PostgreSQL and SQLite read alike: quoted names and literals."""

import functools
import re

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.sql_words import RESERVED_WORDS

_CONSTANT = re.compile(
    r"[-+]?[0-9]+(\.[0-9]+)?|'([^']|'')*'|CURRENT_(DATE|TIME|TIMESTAMP)|TRUE|FALSE|NULL", re.IGNORECASE
)
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")


def quoted(name: str) -> str:
    """Quote a column's name where either database would read it as something else."""
    if _PLAIN.fullmatch(name) and name not in RESERVED_WORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str | None, name: str) -> str:
    """A table's name, or an index's, with the schema that it lies in, where it is not the default one."""
    return quoted(name) if schema is None else f"{quoted(schema)}.{quoted(name)}"


def default_sql(expression: str) -> str:
    """An expression as a column's default: SQLite wants parentheses around all but a literal, PostgreSQL takes them."""
    bare = expression.strip()
    return bare if _CONSTANT.fullmatch(bare) or without_parentheses(bare) != bare else f"({bare})"


def without_parentheses(expression: str) -> str:
    """What stands in a pair of parentheses around the whole expression; the expression, where there is none."""
    if not (expression.startswith("(") and expression.endswith(")")):
        return expression
    depth, in_text = 0, False
    for position, character in enumerate(expression):
        in_text ^= character == "'"
        depth += 0 if in_text else (character == "(") - (character == ")")
        if depth == 0 and not in_text and position < len(expression) - 1:
            return expression
    return expression[1:-1]


def text_literal(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


@functools.cache
def for_text_clause(sql: str) -> str:
    r"""Escape SQL text for `sqlalchemy.text()`, which reads `:name` as a parameter and `\:name` as `:name`.

    Raises:
        ToolError: the text cannot be said to SQLAlchemy, such as `:smile:`, whose colons no escape reaches.
    """
    if ":" not in sql:
        return sql  # and SQLAlchemy, a quarter of a second, need not be imported
    candidates = (sql, *(_escaped(sql, letters) for letters in _NAME_LETTERS))
    for candidate in candidates:
        if _read_back(candidate) == sql:
            return candidate
    raise ToolError(
        f"SQLAlchemy would read a parameter into the SQL text {sql}",
        hint="write it without a word between colons, or with a letter or digit before the first colon",
    )


_NAME_LETTERS = (r"\w", r"\w$")
"""What a parameter's name is made of, in SQLAlchemy 2.1 and 2.0."""


def _escaped(sql: str, letters: str) -> str:
    backslash = rf"\\(?=:[{letters}]*(?![:{letters}]))"
    parameter = rf"(?<![:\w\\])(?=:[{letters}]+(?![:{letters}]))"
    return re.sub(f"{backslash}|{parameter}", r"\\\g<0>", sql)


def _read_back(sql: str) -> str:
    from sqlalchemy import create_mock_engine, text

    # PostgreSQL's dialect without a driver; named parameters leave percent signs alone.
    dialect = create_mock_engine("postgresql://", lambda *_: None, paramstyle="named").dialect
    compiled = text(sql).compile(dialect=dialect)
    return "" if compiled.params else str(compiled)
