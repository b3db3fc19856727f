"""What a change of a column's type costs on PostgreSQL."""

from typing import Any

from sqlalchemy import Numeric, String

from trackwright_gen.revisions.postgresql import POSTGRESQL
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_type
from trackwright_gen.spec.sqltype import SqlType


def type_name(described: SqlType) -> str:
    """The type in PostgreSQL's words."""
    return str(_real(described).compile(dialect=POSTGRESQL))


def rewrites(old: SqlType, new: SqlType) -> bool:
    """Whether PostgreSQL reads or writes every row for the change.

    A VARCHAR that grows and a NUMERIC that gains digits before its point change in the catalog only.
    """
    if type_name(old) == type_name(new):
        return False
    before, after = _real(old), _real(new)
    if isinstance(before, String) and isinstance(after, String):
        return after.length is not None and (before.length is None or after.length < before.length)
    if type(before) is Numeric and type(after) is Numeric:
        return not _holds(after, before)
    return True


def other_kind(old: SqlType, new: SqlType) -> bool:
    """Whether a predicate or default in terms of the old type would be another one in terms of the new."""
    return type_name(old).partition("(")[0] != type_name(new).partition("(")[0]


def _holds(larger: "Numeric[Any]", smaller: "Numeric[Any]") -> bool:
    if larger.precision is None:
        return True
    return (
        smaller.precision is not None
        and larger.precision >= smaller.precision
        and larger.scale == smaller.scale
    )


def _real(described: SqlType) -> Any:
    return sqlalchemy_type(dict(described.variants).get("postgresql", described))
