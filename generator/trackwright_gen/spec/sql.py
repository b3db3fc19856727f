"""SQL text that PostgreSQL and SQLite read alike: quoted names and literals."""

import functools
import re


@functools.cache
def quoted(name: str) -> str:
    """Quote a column's name where either database would read it as something else."""
    from sqlalchemy import make_url

    dialects = [make_url(scheme).get_dialect()() for scheme in ("postgresql://", "sqlite://")]
    forms = [dialect.identifier_preparer.quote(name) for dialect in dialects]
    return next((form for form in forms if form != name), name)


def text_literal(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


def for_text_clause(sql: str) -> str:
    r"""Escape SQL text for `sqlalchemy.text()`, which reads `:name` as a parameter and `\:name` as `:name`."""
    return re.sub(r"\\(?=:[\w$]*(?![:\w$]))|(?<![:\w\\])(?=:[\w$]+(?![:\w$]))", r"\\\g<0>", sql)
