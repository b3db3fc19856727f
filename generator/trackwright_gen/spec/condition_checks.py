"""Conditions of checks and partial indexes: an operator their field knows, a value of its type."""

from collections.abc import Iterator
from typing import TypeVar

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.core import CORE_FIELDS
from trackwright_gen.spec.field_type import LiteralMistakeError
from trackwright_gen.spec.field_types import field_types
from trackwright_gen.spec.key_checks import unknown_field
from trackwright_gen.spec.model import ConditionSpec, DomainSpec, FieldSpec
from trackwright_gen.spec.naming import LONGEST_IDENTIFIER
from trackwright_gen.spec.places import Places
from trackwright_gen.spec.scalars import is_raw

_Condition = TypeVar("_Condition", bound=ConditionSpec)
_Path = tuple[str | int, ...]


def condition_errors(spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    """Look at every condition."""
    names: set[str] = set()
    for position, check in enumerate(spec.checks):
        path: _Path = ("checks", position)
        if check.name in names:
            yield places.error((*path, "name"), f"two checks are named {check.name!r}")
        elif len(check.name) > LONGEST_IDENTIFIER:
            yield places.error(
                (*path, "name"),
                f"{check.name!r} has {len(check.name)} bytes; a name has at most {LONGEST_IDENTIFIER}",
            )
        names.add(check.name)
        yield from _errors(check, path, spec, places)
    for position, index in enumerate(spec.indexes):
        if index.where:
            yield from _errors(index.where, ("indexes", position, "where"), spec, places)


def typed_conditions(spec: DomainSpec) -> DomainSpec:
    """The spec with every compared value in its field's Python type."""
    checks = tuple(_typed(check, spec) for check in spec.checks)
    indexes = tuple(
        index.model_copy(update={"where": _typed(index.where, spec)}) if index.where else index
        for index in spec.indexes
    )
    return spec.model_copy(update={"checks": checks, "indexes": indexes})


def _typed(condition: _Condition, spec: DomainSpec) -> _Condition:
    field = spec.fields.get(condition.field) or CORE_FIELDS[condition.field]
    if condition.op is None or field.type is None or not is_raw(condition.value):
        return condition
    return condition.model_copy(update={"value": _value(condition, field)})


def _value(condition: ConditionSpec, field: FieldSpec) -> object:
    field_type = field_types()[str(field.type)]
    if condition.op != "in":
        return field_type.parse(condition.value, field)
    if not isinstance(condition.value, list) or not condition.value:
        raise LiteralMistakeError("`in` wants a list of values", "value: [first, second]")
    return tuple(field_type.parse(item, field) for item in condition.value)


def _errors(condition: ConditionSpec, path: _Path, spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    if unknown := unknown_field(condition.field, places):
        yield places.error((*path, "field"), unknown[0], hint=unknown[1])
    if (condition.op is None) == (condition.is_ is None):
        yield places.error(
            path,
            "a condition has either `op` with `value`, or `is`",
            hint='for example op: ">", value: 0 - or is: "not null"',
        )
    elif condition.is_ and "value" in condition.model_fields_set:
        yield places.error((*path, "value"), "`is` takes no `value`", side="key")
    elif condition.op and condition.value is None:
        yield places.error(
            (*path, "op"), f"`op: {condition.op!r}` needs a `value`", hint='for NULL write is: "null"'
        )
    elif condition.op:
        field = spec.fields.get(condition.field) or CORE_FIELDS.get(condition.field)
        if field is not None and field.type in field_types():
            yield from _comparison_errors(condition, field, path, places)


def _comparison_errors(
    condition: ConditionSpec, field: FieldSpec, path: _Path, places: Places
) -> Iterator[ToolError]:
    operators = field_types()[str(field.type)].operators
    if condition.op not in operators:
        possible = ", ".join(sorted(operators)) or 'only is: "null" and is: "not null"'
        yield places.error(
            (*path, "op"),
            f"{condition.field} is of type {field.type}, which cannot be compared by {condition.op!r} "
            "in the same way on every database",
            hint=f"possible: {possible}",
        )
    elif is_raw(condition.value):
        try:
            _value(condition, field)
        except LiteralMistakeError as mistake:
            yield places.error(
                (*path, "value"), f"value for {condition.field}: {mistake.message}", hint=mistake.hint
            )
