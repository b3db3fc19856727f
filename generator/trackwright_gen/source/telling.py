"""Which expressions may stand for something that goes by known names: asked before anything is followed."""

import ast
import re
from collections.abc import Iterable, Iterator

from trackwright_gen.source.scopes import Assigned, Binding, Imported, Opaque, Parameter, Scope


class Telling:
    """Knows names that mean something: those of a framework, and those that were found to lead to it.

    What comes from another file under no such name is not meant, or that file would have shown it. Following it
    all the same cost more than everything else: 750 of 1,000 files that were parsed in a tree of 10,000.
    """

    def __init__(self, names: Iterable[str], pattern: str = "(?!)") -> None:
        """Start with some names, and with all that match a pattern as a whole."""
        self._names = set(names)
        self._pattern = re.compile(pattern)
        self._assigned: dict[ast.expr, bool] = {}

    def learn(self, names: Iterable[str]) -> None:
        """Add names that were found to mean the same."""
        self._names.update(names)
        self._assigned.clear()

    def may_be(self, expression: ast.expr, scope: Scope) -> bool:
        """False if an expression surely stands for nothing that is meant."""
        if any(map(self._is_telling, names_in(expression))):
            return True
        root = _root(expression)
        if isinstance(root, ast.Name):
            return any(self._may_bind(each, home) for each, home in _bindings(root.id, scope))
        return isinstance(root, ast.BoolOp | ast.IfExp | ast.NamedExpr | ast.Lambda)

    def _may_bind(self, binding: Binding, scope: Scope) -> bool:
        match binding:
            case Imported(module, attribute):
                return self._is_telling(attribute or module.rpartition(".")[2])
            case Assigned(value, annotation):
                return self._may_give(value, scope) or self._may_give(annotation, scope)
            case Parameter(annotation, _):
                return self._may_give(annotation, scope)
            case Opaque():
                return False
            case _:
                # A module's or class's own would be known by its name.
                return scope.kind == "function"

    def _may_give(self, expression: ast.expr | None, scope: Scope) -> bool:
        """The same of what a name is bound to, each once: `x = f(x)` leads back to itself."""
        if expression is None:
            return False
        if expression not in self._assigned:
            self._assigned[expression] = False
            self._assigned[expression] = self.may_be(expression, scope)
        return self._assigned[expression]

    def _is_telling(self, name: str) -> bool:
        return name in self._names or self._pattern.fullmatch(name) is not None


def names_in(expression: ast.expr) -> Iterator[str]:
    """All names in an expression; chains of attributes, which most are, without a walk."""
    while isinstance(expression, ast.Attribute):
        yield expression.attr
        expression = expression.value
    if isinstance(expression, ast.Name):
        yield expression.id
        return
    for node in ast.walk(expression):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _root(expression: ast.expr) -> ast.expr:
    """What a chain of attributes, calls and items starts from."""
    while True:
        match expression:
            case ast.Attribute(value=inner) | ast.Call(func=inner) | ast.Subscript(value=inner):
                expression = inner
            case ast.Await(value=inner):
                expression = inner
            case _:
                return expression


def _bindings(name: str, scope: Scope) -> Iterator[tuple[Binding, Scope]]:
    """What binds a name as it is seen from a scope, and where."""
    inner: Scope | None = scope
    while inner is not None:
        if name in inner.bindings and (inner is scope or inner.kind != "class"):
            yield from ((each, inner) for each in inner.bindings[name])
            return
        inner = inner.parent
