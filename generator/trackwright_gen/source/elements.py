"""What is in a list, tuple, set or dictionary that the source spells out."""

import ast
from collections.abc import Iterator
from typing import Protocol

from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import Display, Value


class Names(Protocol):
    """What looking into a container needs of the resolver."""

    def evaluate(self, expression: ast.expr, scope: Scope) -> tuple[Value, ...]:
        """All values that an expression may have."""
        ...


def looped_over(names: Names, container: ast.expr, scope: Scope) -> Iterator[Value]:
    """What the names before `in` may stand for; of pairs, both parts."""
    match container:
        case ast.Call(func=ast.Attribute(value=mapping, attr="values" | "items")):
            yield from elements_of(names, mapping, scope)
        case ast.Call(
            func=ast.Name(id="enumerate" | "sorted" | "reversed" | "list" | "tuple"), args=[inner, *_]
        ):
            yield from looped_over(names, inner, scope)
        case _:
            for value in names.evaluate(container, scope):
                # Looping over a dictionary gives its keys: names, not what they stand for.
                if isinstance(value, Display) and not isinstance(value.node, ast.Dict):
                    yield from _in(names, value)


def elements_of(names: Names, container: ast.expr, scope: Scope) -> Iterator[Value]:
    """What `container[...]` may be; for a dictionary, its values."""
    for value in names.evaluate(container, scope):
        if isinstance(value, Display):
            yield from _in(names, value)


def _in(names: Names, display: Display) -> Iterator[Value]:
    elements = display.node.values if isinstance(display.node, ast.Dict) else display.node.elts
    for element in elements:
        for value in names.evaluate(element, display.scope):
            if isinstance(value, Display) and isinstance(value.node, ast.Tuple):
                for part in value.node.elts:
                    yield from names.evaluate(part, value.scope)
            else:
                yield value
