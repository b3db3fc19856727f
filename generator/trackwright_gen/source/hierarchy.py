"""Classes of a project: what they inherit from, and what their attributes are."""

import ast
from collections.abc import Iterable, Iterator
from typing import Protocol

from trackwright_gen.source.expressions import written
from trackwright_gen.source.scopes import Assigned, Scope
from trackwright_gen.source.values import ClassValue, FunctionValue, Made, Member, Unknown, Value

_MOST_ANCESTORS = 200
"""Nobody inherits from more; without a limit, a chain of thousands costs its square."""


class Names(Protocol):
    """What looking into a class needs of the resolver."""

    def evaluate(self, expression: ast.expr, scope: Scope) -> tuple[Value, ...]:
        """All values that an expression may have."""
        ...

    def lookup(self, name: str, scope: Scope) -> tuple[Value, ...]:
        """What a name stands for where it is read."""
        ...

    def results(self, function: Scope) -> tuple[Value, ...]:
        """What a function returns."""
        ...

    def assigned(self, name: str, binding: Assigned, scope: Scope) -> Iterable[Value]:
        """What an assignment gives a name."""
        ...


def ancestors_of(names: Names, scope: Scope) -> list[Value]:
    """A class and all it inherits from, nearest first; classes outside the project as they are named."""
    seen: dict[Value, None] = {ClassValue(scope): None}
    queue = [scope]
    while queue and len(seen) < _MOST_ANCESTORS:
        for value in _bases(names, queue.pop(0)):
            if value not in seen:
                seen[value] = None
                if isinstance(value, ClassValue):
                    queue.append(value.scope)
    return list(seen)


def _bases(names: Names, scope: Scope) -> Iterator[Value]:
    if isinstance(scope.node, ast.ClassDef) and scope.parent is not None:
        for base in scope.node.bases:
            bare = base.value if isinstance(base, ast.Subscript) else base
            yield from names.evaluate(bare, scope.parent)


def attribute_of(names: Names, scope: Scope, name: str, *, above: bool = False) -> Iterable[Value]:
    """What an attribute of a class or its instances is, looked up through the classes above it.

    `above` leaves the class itself out, as `super()` does.
    """
    ancestors = ancestors_of(names, scope)[above:]
    for ancestor in ancestors:
        if isinstance(ancestor, ClassValue):
            found = _own_attribute(names, ancestor.scope, name, owner=scope)
            if found:
                return found
    outside = [each for each in ancestors if not isinstance(each, ClassValue)]
    return [Member(Made(each, None, scope), name) for each in outside] or [Unknown(name)]


def _own_attribute(names: Names, scope: Scope, name: str, *, owner: Scope) -> list[Value]:
    found: list[Value] = []
    for value in names.lookup(name, scope) if name in scope.bindings else ():
        if not isinstance(value, FunctionValue):
            found.append(value)
        elif _is_property(value.scope):
            found += names.results(value.scope)
        else:
            found.append(FunctionValue(value.scope, owner))
    for assigned in scope.attributes.get(name, ()):
        for method in scope.children:
            if assigned.value is not None and holds(method, assigned.value):
                found += names.assigned(name, assigned, method)
    return found


def _is_property(function: Scope) -> bool:
    return any(
        written(each).rpartition(".")[2] in {"property", "cached_property"} for each in function.decorators
    )


def holds(method: Scope, expression: ast.expr) -> bool:
    """True if an expression stands in a method."""
    node = method.node
    assert not isinstance(node, ast.Module)  # noqa: S101 -- methods are functions of a class
    return node.lineno <= expression.lineno <= (node.end_lineno or node.lineno)


def is_static(function: Scope) -> bool:
    """True for a method that is given neither the object nor the class."""
    return any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in function.decorators)
