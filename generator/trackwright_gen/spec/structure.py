"""From nodes to the model: every mistake of shape explained, what is sound kept for further checks."""

from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.explanations import explain
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.nodes import value_of
from trackwright_gen.spec.places import Places

_LISTS = ("unique", "checks", "indexes")
_ROUNDS = 3
"""Leaving one part out can show another mistake; what a third round still shows is not worth reporting."""
_STAND_IN = "x"
"""The domain's name where the real one cannot be used."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """What the model could be made of, and the mistakes on the way."""

    spec: DomainSpec | None
    places: Places
    errors: tuple[ToolError, ...] = ()


def shaped(places: Places) -> Shaped:
    """Build the model; parts with mistakes are left out, so that the rest can still be checked."""
    data: Any = value_of(places.root)
    errors: list[ToolError] = []
    for _ in range(_ROUNDS):
        try:
            return Shaped(DomainSpec.model_validate(data), places, tuple(errors))
        except ValidationError as mistakes:
            details = mistakes.errors(include_url=False)
        errors.extend(explain(detail, places) for detail in details)
        places = _pruned(data, details, places)
    return Shaped(None, places, tuple(errors))


def _pruned(data: dict[str, Any], details: list[ErrorDetails], places: Places) -> Places:
    dropped: dict[str, set[int]] = {}
    paths = [_existing(data, detail) for detail in details]
    for detail, (top, *rest) in zip(details, paths, strict=True):
        if top == "domain":
            data["domain"] = _STAND_IN
        elif top in _LISTS and rest and isinstance(rest[0], int):
            dropped.setdefault(str(top), set()).add(rest[0])
        else:
            _delete(data, (top, *_target(str(top), rest, detail)))
    for top, indexes in dropped.items():
        if top not in data:
            continue
        data[top] = [item for index, item in enumerate(data[top]) if index not in indexes]
        places = replace(places, kept={**places.kept, top: _remaining(places, top, indexes, len(data[top]))})
    return places


def _remaining(places: Places, top: str, dropped: set[int], count: int) -> tuple[int, ...]:
    before = places.kept.get(top, tuple(range(count + len(dropped))))
    return tuple(original for index, original in enumerate(before) if index not in dropped)


def _existing(data: dict[str, Any], detail: ErrorDetails) -> list[str | int]:
    """The steps of a mistake's path that the data has; the model adds some of its own."""
    found: list[str | int] = []
    node: Any = data
    for part in detail["loc"]:
        if _has(node, part):
            found.append(part)
            node = node[part]
    return found or ["domain"]


def _has(node: Any, part: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(part, int) and part < len(node)
    return isinstance(node, dict) and part in node


def _target(top: str, rest: list[str | int], detail: ErrorDetails) -> list[str | int]:
    if top == "fields" and rest and detail["type"] != "extra_forbidden":
        return rest[:1]
    return rest


def _delete(data: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """Delete the innermost entry of a mapping on the path; items of lists go with their list."""
    node: Any = data
    holder, key = data, path[0]
    for part in path:
        if not isinstance(node, dict):
            break
        if part not in node:
            return
        holder, key = node, part
        node = node[part]
    holder.pop(str(key), None)
