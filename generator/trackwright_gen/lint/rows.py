"""Where a row comes from: the expressions that a variable's value was made of."""

import ast
from collections.abc import Callable

from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Assigned, Opaque, Parameter, Scope

IsModel = Callable[[ast.Name | ast.Attribute], bool]
_STEPS = 4
"""How many assignments are followed back."""


def comes_from(names: Resolver, row: ast.expr, scope: Scope, is_model: IsModel, steps: int = _STEPS) -> bool:
    """True if a row was made, queried or annotated with a model."""
    for node in ast.walk(row):
        if isinstance(node, ast.Attribute) and is_model(node):
            return True
        if isinstance(node, ast.Name) and (is_model(node) or _bound(names, node.id, scope, is_model, steps)):
            return True
    return False


def _bound(names: Resolver, name: str, scope: Scope, is_model: IsModel, steps: int) -> bool:
    if not steps:
        return False
    for binding in scope.bindings.get(name, ()):
        match binding:
            case Assigned(value, annotation):
                sources = [each for each in (value, annotation) if each is not None]
            case Parameter(annotation, _):
                sources = [annotation] if annotation is not None else []
            case Opaque(source):
                sources = [source] if source is not None else []
            case _:
                sources = []
        if any(comes_from(names, each, scope, is_model, steps - 1) for each in sources):
            return True
    return False
