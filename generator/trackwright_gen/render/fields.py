"""A domain's fields as the snippets of source that templates put in their places."""

from dataclasses import dataclass
from typing import Any

from trackwright_gen.plan.table import Column, Table
from trackwright_gen.render.foreign_key import foreign_key
from trackwright_gen.render.schema_fields import factory, is_mutable, schema_fields
from trackwright_gen.render.violations import violation
from trackwright_gen.spec.enum_members import member_names
from trackwright_gen.spec.examples import example_source
from trackwright_gen.spec.field_type import FieldUse
from trackwright_gen.spec.field_types import type_of
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.sql import for_text_clause
from trackwright_gen.spec.type_source import Import, Source


@dataclass(frozen=True, slots=True)
class FieldSnippets:
    """What the templates know of one field, all of it Python source, and the imports that source needs."""

    values: dict[str, Any]
    imports: tuple[Import, ...]


def field_snippets(use: FieldUse, table: Table, spec: DomainSpec) -> FieldSnippets:
    """Render one field."""
    kind = type_of(use.spec.type)
    column = next(column for column in table.columns if column.name == use.column)
    key = next((key for key in table.foreign_keys if key.column == use.column), None)
    column_type = kind.column_type(use)
    target = None if key is None else foreign_key(key, use, table, column_type.text)
    annotation = kind.annotation(use)
    default = None if use.spec.default is None else kind.python_literal(use.spec.default, use)
    examples = [example_source(use, index, spec) for index in (1, 2)]
    values = {
        "name": use.name,
        "attribute": use.attribute,
        "column": use.column,
        "required": use.spec.required and default is None and use.spec.default_sql is None,
        "nullable": column.nullable,
        "annotation": annotation.text,
        "default": None if default is None else default.text,
        "argument_default": "None" if default is None or is_mutable(default.text) else default.text,
        "violation": violation(use, spec),
        "mapped": _mapped_column(use, column, column_type, target, default),
        "schema": schema_fields(use, annotation.text, None if default is None else default.text),
        "examples": [example.text for example in examples],
        "fills_in": use.spec.default_sql is None
        and not _is_needed(use, spec)
        and (default or column.nullable),
        "is_empty": examples[0].text == "None",
        "varies": examples[0].text != examples[1].text,
        "summary": kind.summary,
        "comment": use.spec.comment or "",
        "references": use.spec.references or "",
    }
    sources = [annotation, column_type, *examples, *([default] if default else [])]
    return FieldSnippets(values, tuple(sorted({needed for source in sources for needed in source.imports})))


def _is_needed(use: FieldUse, spec: DomainSpec) -> bool:
    """Whether a check refuses a row without the field."""
    return any(check.field == use.name and check.is_ == "not null" for check in spec.checks)


def enum_snippets(use: FieldUse) -> dict[str, Any]:
    """The Python enum of an enum field."""
    members = [{"name": name, "value": value} for value, name in member_names(use.spec.values or ()).items()]
    return {"class_name": use.class_name, "field": use.name, "members": members}


def _mapped_column(
    use: FieldUse, column: Column, column_type: Source, target: str | None, default: Source | None
) -> str:
    parts = [repr(use.column)] if use.column != use.attribute else []
    parts.append(column_type.text)
    if target is not None:
        parts.append(target)
    if default is not None:
        parts.append(f"default={_callable(default)}")
    if column.server_default is not None:
        parts.append(f"server_default=text({for_text_clause(column.server_default)!r})")
    if column.comment:
        parts.append(f"comment={column.comment!r}")
    return f"mapped_column({', '.join(parts)})"


def _callable(default: Source) -> str:
    # A mutable value shared by all rows would be one value.
    return factory(default.text) if is_mutable(default.text) else default.text
