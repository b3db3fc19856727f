"""Unique rules and indexes: fields that exist, none twice, no rule said twice."""

from collections.abc import Iterator
from typing import TypeAlias

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.core import CORE_FIELDS
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.nearest import did_you_mean
from trackwright_gen.spec.places import Places

_Rule: TypeAlias = tuple[tuple[str, ...], str | None]
"""The fields, and what else tells two rules apart."""


def key_errors(spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    """Look at `unique` and `indexes`."""
    uniques: list[_Rule] = [(unique.fields, unique.while_) for unique in spec.unique]
    indexes: list[_Rule] = [(index.fields, repr(index.where)) for index in spec.indexes]
    single_uniques: set[_Rule] = {((name,), None) for name, field in spec.fields.items() if field.unique}
    single_indexes: set[_Rule] = {((name,), "None") for name, field in spec.fields.items() if field.index}
    yield from _listed("unique", uniques, single_uniques, places)
    yield from _listed("indexes", indexes, single_indexes, places)


def unknown_field(name: str, places: Places) -> tuple[str, str] | None:
    """What to say about a name that is no field and no core column."""
    known = [*places.keys(("fields",)), *CORE_FIELDS]
    if name in known:
        return None
    return f"there is no field {name!r}", did_you_mean(name, known)


def _listed(
    key: str,
    rules: list[_Rule],
    single: set[_Rule],
    places: Places,
) -> Iterator[ToolError]:
    seen = dict.fromkeys(single, "the field itself")
    for position, rule in enumerate(rules):
        path = (key, position)
        for place, name in enumerate(rule[0]):
            item = (*path, "fields", place)
            if unknown := unknown_field(name, places):
                yield places.error(item, unknown[0], hint=unknown[1])
            elif name in rule[0][:place]:
                yield places.error(item, f"the field {name!r} stands here twice")
        if rule in seen:
            yield places.error(path, f"this says again what {seen[rule]} says", hint="delete one")
        seen.setdefault(rule, f"{key}[{position}]")
