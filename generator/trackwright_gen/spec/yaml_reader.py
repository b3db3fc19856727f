"""YAML text to nodes; aliases, anchors, tags, twin keys and deep nesting are refused on the way."""

from dataclasses import dataclass

import yaml

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.spec.nodes import ListNode, MapNode, Node, ScalarNode
from trackwright_gen.spec.source import Span, SpecSource, deceiving_character, forbidden_in

DEEPEST = 20
LONGEST_SCALAR = 10_000
LONGEST_KEY = 255
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, slots=True)
class Parsed:
    """A spec's nodes, and what was refused while reading them."""

    root: MapNode
    errors: tuple[ToolError, ...]


def parse(source: SpecSource) -> Parsed:
    """Parse a spec's text.

    Events are read one by one, so that nothing is built from an alias and nesting cannot exhaust the stack.

    Raises:
        ToolErrors: the text is no mapping.
        ToolError: the text is no YAML, or nested too deep.
    """
    reader = _Reader(source)
    try:
        for event in yaml.parse(source.text, Loader=_LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(source, error) from None
    if isinstance(reader.root, MapNode):
        return Parsed(reader.root, tuple(reader.errors))
    raise ToolErrors([*reader.errors, _no_mapping(source, reader.root)])


def _no_mapping(source: SpecSource, root: Node | None) -> ToolError:
    found = "empty" if root is None else "a list" if isinstance(root, ListNode) else "plain text"
    return source.error(
        root.span if root else Span(0, 0, 0, 1),
        f"a spec is a mapping that starts with `domain:`; this one is {found}",
        "for example domain: etf_price_update",
    )


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return Span(0, 0, 0, 1)
    return Span(start.line, start.column, end.line, end.column)


class _Reader:
    """Takes events and keeps the open collections on a stack of its own."""

    def __init__(self, source: SpecSource) -> None:
        self.errors: list[ToolError] = []
        self.root: Node | None = None
        self._source = source
        self._open: list[ListNode | MapNode] = []
        self._keys: list[ScalarNode | None] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Read one event."""
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"the alias *{event.anchor} is not allowed", "write the value out")
            self._add(ScalarNode(_span(event), "", plain=True))
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents == 2:  # noqa: PLR2004 -- the second
                self._refuse(event, "a spec file holds one document", "give each domain a file of its own")

    def _take_node(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            self._refuse(
                event, f"the anchor &{event.anchor} is not allowed", "write the value out where it is used"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse(
                event,
                f"the tag {_shown(tag)} is not allowed",
                "values get their type from the key they stand at",
            )
        if isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event)
            return
        if len(self._open) >= DEEPEST:
            raise self._source.error(_span(event), f"nested deeper than {DEEPEST} levels")
        opened = (
            ListNode(_span(event)) if isinstance(event, yaml.SequenceStartEvent) else MapNode(_span(event))
        )
        self._add(opened)
        self._open.append(opened)
        self._keys.append(None)

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        if character := forbidden_in(event.value):
            self._refuse(event, *deceiving_character(character))
        if len(event.value) > LONGEST_SCALAR:
            self._refuse(
                event, f"this value has {len(event.value)} characters", f"at most {LONGEST_SCALAR} are read"
            )
        self._add(ScalarNode(_span(event), event.value, plain=event.style in (None, "")))

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = self.root or node
            return
        parent = self._open[-1]
        if isinstance(parent, ListNode):
            parent.items.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = self._key(node)
        else:
            self._keys[-1] = None
            self._enter(parent, key, node)

    def _key(self, node: Node) -> ScalarNode:
        if isinstance(node, ScalarNode) and len(node.text) <= LONGEST_KEY:
            return node
        if isinstance(node, ScalarNode):
            raise self._source.error(
                node.span, f"a key has at most {LONGEST_KEY} characters, not {len(node.text)}"
            )
        raise self._source.error(node.span, "a key is a name, not a list or a mapping")

    def _enter(self, parent: MapNode, key: ScalarNode, value: Node) -> None:
        if key.text in parent.entries:
            first = parent.entries[key.text][0].span.line + 1
            self.errors.append(
                self._source.error(key.span, f"the key {key.text!r} stands here twice: first in line {first}")
            )
            return
        parent.entries[key.text] = (key, value)

    def _refuse(self, event: yaml.Event, message: str, hint: str) -> None:
        self.errors.append(self._source.error(_span(event), message, hint))


def _shown(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _syntax_error(source: SpecSource, error: yaml.MarkedYAMLError) -> ToolError:
    mark = error.problem_mark or error.context_mark
    span = Span(mark.line, mark.column, mark.line, mark.column + 1) if mark else Span(0, 0, 0, 1)
    context = f" ({error.context})" if error.context else ""
    return source.error(span, f"this is no YAML: {error.problem or 'it cannot be read'}{context}")
