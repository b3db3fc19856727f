"""References to tables of the project: they exist, their column does, and the types go together."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.spec.checks import spec_errors, typed
from trackwright_gen.spec.foreign_types import family_of, field_keys_of
from trackwright_gen.spec.loader import LoadedSpec
from trackwright_gen.spec.model import DomainSpec, FieldSpec
from trackwright_gen.spec.nearest import did_you_mean
from trackwright_gen.spec.own_references import own_target, typed_within
from trackwright_gen.spec.places import Places

Tables: TypeAlias = Mapping[str, Mapping[str, str]]
"""Table -> column -> the source of its SQLAlchemy type, or of its Python type."""


def resolve_references(loaded: LoadedSpec, tables: Tables) -> DomainSpec:
    """The spec with the type of every field, those of references found in the project's tables.

    Raises:
        ToolErrors: tables and columns that are not there, types that do not go together.
    """
    spec, places = loaded.spec, loaded.places
    errors: list[ToolError] = []
    fields: dict[str, FieldSpec] = {}
    for name, field in spec.fields.items():
        found = _resolved(name, field, spec=spec, tables=tables, places=places)
        if isinstance(found, ToolError):
            errors.append(found)
        fields[name] = field if isinstance(found, ToolError) else found
    within, own_errors = typed_within(spec.model_copy(update={"fields": fields}), places)
    errors.extend(own_errors)
    if errors:
        raise ToolErrors(errors)
    # Defaults and conditions of fields whose type was open could not be read before.
    resolved = spec.model_copy(update={"fields": dict(within)})
    if later := spec_errors(resolved, places):
        raise ToolErrors(later)
    return typed(resolved)


def _resolved(
    name: str, field: FieldSpec, *, spec: DomainSpec, tables: Tables, places: Places
) -> FieldSpec | ToolError:
    if field.references is None or field.external or own_target(field, spec):
        return field
    path = ("fields", name, "references")
    table, _, column = field.references.rpartition(".")
    columns = tables.get(table)
    if columns is None:
        return places.error(
            path,
            f"the project's models show no table {table!r}",
            hint=f"{did_you_mean(table, tables)} - or give the field a `type` and `external: true`",
        )
    if column not in columns:
        return places.error(
            path, f"table {table!r} has no column {column!r}", hint=did_you_mean(column, columns)
        )
    return _typed_like(name, field, columns[column], places)


def _typed_like(name: str, field: FieldSpec, source: str, places: Places) -> FieldSpec | ToolError:
    keys: Mapping[str, Any] | None = field_keys_of(source)
    if field.type is None:
        if keys is None:
            return places.error(
                ("fields", name, "references"),
                f"the type of {field.references} ({source or 'not written there'}) cannot be read",
                hint=f"give the field {name!r} a `type`",
            )
        return field.model_copy(update=keys)
    if keys is None or family_of(field.type) == family_of(keys["type"]):
        return field
    return places.error(
        ("fields", name, "type"),
        f"{name!r} is of type {field.type}, but {field.references} is {source}",
        hint=f"write type: {keys['type']}, or leave the type out",
    )
