"""Where each part of a spec stands in its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.nodes import ListNode, MapNode, Node
from trackwright_gen.spec.source import Span, SpecSource

Path: TypeAlias = Sequence[str | int]
Side: TypeAlias = Literal["key", "value"]


@dataclass(frozen=True, slots=True)
class Places:
    """Finds the span of a part by its path: ("fields", "price", "scale")."""

    source: SpecSource
    root: MapNode
    kept: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    """List -> the places in the file of the items that were sound enough to be kept."""

    def error(self, path: Path, message: str, *, hint: str | None = None, side: Side = "value") -> ToolError:
        """An error at a part; a part that is not there gets the place of what would contain it."""
        return self.source.error(self.span(path, side), message, hint)

    def span(self, path: Path, side: Side = "value") -> Span:
        """The span of a part's value, or of its key."""
        node: Node = self.root
        span = self._start()
        for part in self._in_file(path):
            if isinstance(node, MapNode) and str(part) in node.entries:
                key, node = node.entries[str(part)]
                span = key.span if side == "key" or isinstance(node, MapNode) else node.span
            elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
                span = node.span
        return span

    def keys(self, path: Path) -> tuple[str, ...]:
        """The keys that the file has there, those of parts with mistakes included."""
        node: Node = self.root
        for part in path:
            if not isinstance(node, MapNode) or str(part) not in node.entries:
                return ()
            node = node.entries[str(part)][1]
        return tuple(node.entries) if isinstance(node, MapNode) else ()

    def has(self, path: Path) -> bool:
        """Whether the file says something there."""
        node: Node = self.root
        for part in path:
            if not isinstance(node, MapNode) or str(part) not in node.entries:
                return False
            node = node.entries[str(part)][1]
        return True

    def _in_file(self, path: Path) -> Path:
        match path:
            case [str() as top, int() as index, *rest] if top in self.kept:
                return (top, self.kept[top][index], *rest)
            case _:
                return path

    def _start(self) -> Span:
        for key, _ in self.root.entries.values():
            return key.span
        return self.root.span
