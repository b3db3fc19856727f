"""The field types that exist: whatever modules lie in spec/fields."""

import functools
from collections.abc import Mapping
from types import MappingProxyType

from trackwright_gen.registry import discover
from trackwright_gen.spec import fields
from trackwright_gen.spec.field_type import FieldType


@functools.cache
def field_types() -> Mapping[str, FieldType]:
    """All field types by the name that specs use."""
    found: dict[str, FieldType] = {}
    for module in discover(fields):
        field_type: FieldType = module.FIELD_TYPE
        found[field_type.name] = field_type
    return MappingProxyType(found)


def type_of(name: str | None) -> FieldType:
    """The field type of that name.

    Raises:
        KeyError: there is none; loaded specs name only types that exist.
    """
    return field_types()[name or ""]
