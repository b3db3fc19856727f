"""Structured predicates as SQL text: quoted names, typed literals, nothing pasted."""

from collections.abc import Iterable

from trackwright_gen.spec.core import CORE_FIELDS
from trackwright_gen.spec.field_types import type_of
from trackwright_gen.spec.model import ConditionSpec, DomainSpec, FieldSpec
from trackwright_gen.spec.naming import column_name
from trackwright_gen.spec.sql import quoted, text_literal

_SQL_OPERATORS = {"!=": "<>"}


def known_field(spec: DomainSpec, name: str) -> FieldSpec:
    """The domain's field or core column of that name.

    Raises:
        KeyError: there is none; loaded specs name only what exists.
    """
    return spec.fields[name] if name in spec.fields else CORE_FIELDS[name]


def known_column(spec: DomainSpec, name: str) -> str:
    """The column of a field or core column."""
    return column_name(name, known_field(spec, name))


def condition_sql(condition: ConditionSpec, spec: DomainSpec) -> str:
    """The SQL text of one condition."""
    field = known_field(spec, condition.field)
    column = quoted(column_name(condition.field, field))
    if condition.op is None:
        return f"{column} IS {'NOT NULL' if condition.is_ == 'not null' else 'NULL'}"
    field_type = type_of(field.type)
    if condition.op == "in":
        values: Iterable[object] = condition.value
        return f"{column} IN ({', '.join(field_type.sql_literal(value) for value in values)})"
    operator = _SQL_OPERATORS.get(condition.op, condition.op)
    return f"{column} {operator} {field_type.sql_literal(condition.value)}"


def enum_sql(column: str, field: FieldSpec) -> str:
    """The SQL text that holds an enum's column to its values."""
    literals = (text_literal(value) for value in field.values or ())
    return f"{quoted(column)} IN ({', '.join(literals)})"
