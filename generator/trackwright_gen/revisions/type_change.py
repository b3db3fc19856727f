"""What a change of a column's type costs on PostgreSQL, and whether it can be done at all."""

import re
from typing import Any

from sqlalchemy import Enum, Numeric, String

from trackwright_gen.revisions.postgresql import POSTGRESQL
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_type
from trackwright_gen.spec.sqltype import SqlType

_STRINGS = ("VARCHAR", "TEXT")
_WHOLE = ("SMALLINT", "INTEGER", "BIGINT")
_NUMBERS = (*_WHOLE, "NUMERIC", "FLOAT", "REAL", "DOUBLE PRECISION")
_NAIVE, _AWARE = "TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP WITH TIME ZONE"
_TIMES = ("DATE", _AWARE, _NAIVE)
_JSON = ("JSON", "JSONB")
_FAMILIES = (_NUMBERS, _TIMES, _JSON)


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
    if changes_zone(old, new):
        return False
    if isinstance(before, Enum) or isinstance(after, Enum):
        return True
    if isinstance(before, String) and isinstance(after, String):
        return after.length is not None and (before.length is None or after.length < before.length)
    if type(before) is Numeric and type(after) is Numeric:
        return not _holds(after, before)
    return True


def changes_zone(old: SqlType, new: SqlType) -> bool:
    """Whether moments get a time zone or lose it: in a session in UTC, PostgreSQL leaves the rows as they are."""
    return {_kind(old), _kind(new)} == {_NAIVE, _AWARE}


def other_kind(old: SqlType, new: SqlType) -> bool:
    """Whether a predicate or default in terms of the old type would be another one in terms of the new."""
    return _kind(old) != _kind(new)


def possible(old: SqlType, new: SqlType) -> bool:
    """Whether values of one type can be values of the other."""
    before, after = _kind(old), _kind(new)
    if before == after or before in _STRINGS or after in _STRINGS:
        return True
    return any(before in family and after in family for family in _FAMILIES)


def loses(old: SqlType, new: SqlType) -> str:
    """What of the values is gone without an error; empty where nothing is."""
    before, after = _kind(old), _kind(new)
    if before in {_AWARE, _NAIVE} and after == "DATE":
        return "the time of day"
    if before in _NUMBERS and before not in _WHOLE and after in _WHOLE:
        return "what stands after the point"
    scales = [getattr(_real(one), "scale", None) for one in (old, new)]
    if (
        before == after == "NUMERIC"
        and scales[1] is not None
        and (scales[0] is None or scales[1] < scales[0])
    ):
        return f"what stands after digit {scales[1]} after the point"
    return ""


def conversion(old: SqlType, new: SqlType) -> str | None:
    """The type to cast to in `USING`, where PostgreSQL converts only when it is asked to.

    Elsewhere it is better not asked: an explicit cast cuts a text that is too long, the implicit one fails.
    """
    said = type_name(new)
    from_text = _kind(old) in _STRINGS and _kind(new) not in _STRINGS
    return said if from_text or (said.endswith("]") and rewrites(old, new)) else None


def _kind(described: SqlType) -> str:
    return re.sub(r"\([^)]*\)", "", type_name(described))


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
