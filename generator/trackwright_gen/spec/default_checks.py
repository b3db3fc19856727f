"""Defaults: literals of their field's type, or an SQL expression said aloud."""

from collections.abc import Iterator

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.field_type import LiteralMistakeError
from trackwright_gen.spec.field_types import field_types
from trackwright_gen.spec.model import DomainSpec, FieldSpec
from trackwright_gen.spec.places import Places
from trackwright_gen.spec.scalars import is_raw


def default_errors(spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    """Look at every default."""
    for name, field in spec.fields.items():
        if field.default is not None and field.default_sql is not None:
            yield places.error(
                ("fields", name, "default_sql"),
                f"{name} has both `default` and `default_sql`",
                hint="keep one",
                side="key",
            )
        if field.default_sql is not None and (problem := _expression_problem(field.default_sql)):
            yield places.error(("fields", name, "default_sql"), f"{name}: {problem}")
        if _open(field):
            try:
                field_types()[str(field.type)].parse(field.default, field)
            except LiteralMistakeError as mistake:
                yield places.error(
                    ("fields", name, "default"), f"default of {name}: {mistake.message}", hint=mistake.hint
                )


def typed_defaults(spec: DomainSpec) -> DomainSpec:
    """The spec with every default in its field's Python type."""
    typed = {
        name: field.model_copy(update={"default": field_types()[str(field.type)].parse(field.default, field)})
        for name, field in spec.fields.items()
        if _open(field)
    }
    return spec.model_copy(update={"fields": {**spec.fields, **typed}}) if typed else spec


def _open(field: FieldSpec) -> bool:
    return field.type in field_types() and field.default is not None and is_raw(field.default)


def _expression_problem(sql: str) -> str | None:
    if not sql.strip():
        return "`default_sql` is empty"
    bare, in_text = "", False
    for character in sql:
        in_text ^= character == "'"
        bare += "" if in_text else character
    if in_text:
        return "`default_sql` has a quote that is not closed"
    if any(mark in bare for mark in (";", "--", "/*", "\n")):
        return "`default_sql` is one expression: no semicolon, comment or line break"
    if bare.count("(") != bare.count(")"):
        return "`default_sql` has parentheses that do not match"
    return None
