"""Fields: a type that exists, only the keys it knows, references that say enough."""

from collections.abc import Iterator

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.field_types import field_types
from trackwright_gen.spec.model import DomainSpec, FieldSpec
from trackwright_gen.spec.nearest import did_you_mean
from trackwright_gen.spec.places import Places


def field_errors(spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    """Look at every field's own keys."""
    for name, field in spec.fields.items():
        if field.type is None:
            yield from _untyped(name, field, places)
        elif field.type not in field_types():
            hint = did_you_mean(field.type, field_types())
            yield places.error(("fields", name, "type"), f"there is no field type {field.type!r}", hint=hint)
        else:
            yield from _typed(name, field, places)
        yield from _reference(name, field, places)


def _special_keys() -> frozenset[str]:
    return frozenset().union(*(field_type.keys for field_type in field_types().values()))


def _untyped(name: str, field: FieldSpec, places: Places) -> Iterator[ToolError]:
    if field.references is None:
        hint = f"possible: {', '.join(field_types())}"
        yield places.error(("fields", name), f"the field {name!r} needs a `type`", hint=hint, side="key")
    for key in sorted(_special_keys() & field.model_fields_set):
        yield places.error(
            ("fields", name, key),
            f"`{key}` has no meaning without a `type`",
            hint="give the field a type",
            side="key",
        )


def _typed(name: str, field: FieldSpec, places: Places) -> Iterator[ToolError]:
    field_type = field_types()[str(field.type)]
    for key in sorted((_special_keys() - field_type.keys) & field.model_fields_set):
        others = sorted(known.name for known in field_types().values() if key in known.keys)
        yield places.error(
            ("fields", name, key),
            f"a field of type {field.type} has no `{key}`",
            hint=f"types with `{key}`: {', '.join(others)}",
            side="key",
        )
    for problem in field_type.problems(field):
        path = ("fields", name, problem.key) if problem.key else ("fields", name)
        yield places.error(
            path, f"{name}: {problem.message}", hint=problem.hint, side="value" if problem.key else "key"
        )


def _reference(name: str, field: FieldSpec, places: Places) -> Iterator[ToolError]:
    if field.references is None:
        for key in ("external", "on_delete"):
            if key in field.model_fields_set:
                yield places.error(
                    ("fields", name, key), f"`{key}` has no meaning without `references`", side="key"
                )
        return
    if field.external and field.type is None:
        yield places.error(
            ("fields", name, "external"),
            "the type of an external table's column cannot be found",
            hint="give the field a `type`",
            side="key",
        )
    if field.on_delete == "set null" and field.required:
        yield places.error(
            ("fields", name, "on_delete"), "`on_delete: set null` cannot be done in a field that is required"
        )
