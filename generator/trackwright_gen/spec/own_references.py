"""References of a domain's rows to rows of the same table: what is referred to is unique, and gives the type."""

from collections.abc import Iterator, Mapping
from typing import Any

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.core import CORE_FIELDS
from trackwright_gen.spec.foreign_types import family_of
from trackwright_gen.spec.model import DomainSpec, FieldSpec
from trackwright_gen.spec.naming import Names, column_name
from trackwright_gen.spec.nearest import did_you_mean
from trackwright_gen.spec.places import Places

_SIZES = ("type", "length", "precision", "scale", "items")


def own_target(field: FieldSpec, spec: DomainSpec) -> str | None:
    """The column of the domain's own table that a field refers to; None where it refers elsewhere."""
    if field.references is None or field.external:
        return None
    table, _, column = field.references.rpartition(".")
    return column if table == Names.of(spec).table else None


def typed_within(spec: DomainSpec, places: Places) -> tuple[Mapping[str, FieldSpec], tuple[ToolError, ...]]:
    """The fields, those that refer to the same table typed like what they refer to, and what is wrong with them."""
    names = {column_name(name, field): name for name, field in spec.fields.items()}
    fields = dict(spec.fields)
    waiting = {name: column for name, field in fields.items() if (column := own_target(field, spec))}
    errors: list[ToolError] = []
    while waiting:
        # A field may refer to one whose own type is found on the way.
        ready = [
            name for name, column in waiting.items() if fields[name].type or names.get(column) not in waiting
        ]
        if not ready:
            errors.extend(_circular(waiting, places))
            break
        for name in ready:
            column = waiting.pop(name)
            target = fields[names[column]] if column in names else CORE_FIELDS.get(column)
            if target is None:
                errors.append(_unknown(name, column, [*CORE_FIELDS, *names], places))
            elif not _is_unique(column, names.get(column), spec):
                errors.append(_not_unique(name, names.get(column), column, places))
            elif mistake := _other_type(name, fields[name], column, target, places):
                errors.append(mistake)
            elif fields[name].type is None:
                fields[name] = fields[name].model_copy(update=_keys_of(target))
    return fields, tuple(errors)


def _keys_of(target: FieldSpec) -> Mapping[str, Any]:
    if target.type == "enum":
        # The column is text; which words it may hold is said by what it refers to.
        return {"type": "string", "length": max(map(len, target.values or ("",))) or 1}
    return target.model_dump(include=set(_SIZES), exclude_none=True)


def _is_unique(column: str, name: str | None, spec: DomainSpec) -> bool:
    if name is None:
        return column == "id"
    listed = any(one.fields == (name,) and one.while_ is None for one in spec.unique)
    return spec.fields[name].unique or listed


def _circular(waiting: Mapping[str, str], places: Places) -> Iterator[ToolError]:
    for name in waiting:
        yield places.error(
            ("fields", name, "references"),
            "the type cannot be found: these references lead back to themselves",
            hint=f"give the field {name!r} a reference that leads elsewhere",
        )


def _unknown(name: str, column: str, known: list[str], places: Places) -> ToolError:
    message = f"this table has no column {column!r}"
    return places.error(("fields", name, "references"), message, hint=did_you_mean(column, known))


def _not_unique(name: str, target: str | None, column: str, places: Places) -> ToolError:
    hint = f"give the field {target!r} `unique: true`, or refer to `id`" if target else "refer to `id`"
    return places.error(
        ("fields", name, "references"),
        f"several rows can have the same {column!r}, so none can be referred to by it",
        hint=hint,
    )


def _other_type(
    name: str, field: FieldSpec, column: str, target: FieldSpec, places: Places
) -> ToolError | None:
    if field.type is None or target.type is None or family_of(field.type) == family_of(target.type):
        return None
    return places.error(
        ("fields", name, "type"),
        f"{name!r} is of type {field.type}, but {column!r} is of type {target.type}",
        hint=f"write type: {target.type}, or leave the type out",
    )
