"""The parts of a YAML text with their places: scalars, lists, mappings."""

from dataclasses import dataclass, field
from typing import TypeAlias

from trackwright_gen.spec.scalars import NULLS, Raw, ScalarText
from trackwright_gen.spec.source import Span


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar, still text."""

    span: Span
    text: str
    plain: bool


@dataclass(slots=True)
class ListNode:
    """A sequence."""

    span: Span
    items: list["Node"] = field(default_factory=list["Node"])


@dataclass(slots=True)
class MapNode:
    """A mapping: key -> the key's own node and the value."""

    span: Span
    entries: dict[str, tuple[ScalarNode, "Node"]] = field(
        default_factory=dict[str, tuple[ScalarNode, "Node"]]
    )


Node: TypeAlias = ScalarNode | ListNode | MapNode


def value_of(node: "Node") -> Raw:
    """The node as plain values, its scalars as text."""
    if isinstance(node, ScalarNode):
        return None if node.plain and node.text in NULLS else ScalarText(node.text, plain=node.plain)
    if isinstance(node, ListNode):
        return [value_of(item) for item in node.items]
    return {key: value_of(value) for key, (_, value) in node.entries.items()}
