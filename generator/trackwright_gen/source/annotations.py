"""What an annotation says about a value: an instance of which class."""

import ast
from collections.abc import Iterable
from typing import Protocol

from trackwright_gen.source.expressions import written
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import ClassValue, External, InstanceValue, Made, Missing, Value

_UNWRAPPED = frozenset({"Optional", "Union", "Annotated", "Final", "ClassVar", "Awaitable", "Coroutine"})
_GENERATED = frozenset(
    {"Iterator", "Generator", "AsyncIterator", "AsyncGenerator", "AbstractContextManager", "ContextManager"}
)


class Evaluator(Protocol):
    """What reading an annotation needs of the resolver."""

    def evaluate(self, expression: ast.expr, scope: Scope) -> tuple[Value, ...]:
        """All values that an expression may have."""
        ...


def instances_of(names: Evaluator, annotation: ast.expr, scope: Scope) -> Iterable[Value]:
    """Instances of what an annotation names; nothing for what it leaves open."""
    match annotation:
        case ast.Constant(value=str(text)):
            parsed = _parsed(text)
            return instances_of(names, parsed, scope) if parsed is not None else ()
        case ast.BinOp(left=one, op=ast.BitOr(), right=other):
            return (*instances_of(names, one, scope), *instances_of(names, other, scope))
        case ast.Subscript(value=outer, slice=inner):
            return _generic(names, outer, inner, scope)
        case ast.Name() | ast.Attribute():
            return [made for each in names.evaluate(annotation, scope) for made in _instance_of(each, scope)]
        case _:
            return ()


def _generic(names: Evaluator, outer: ast.expr, inner: ast.expr, scope: Scope) -> Iterable[Value]:
    name = written(outer).rpartition(".")[2]
    arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name in {"type", "Type"}:
        return names.evaluate(arguments[0], scope)
    if name in _UNWRAPPED:
        return [value for argument in arguments for value in instances_of(names, argument, scope)]
    if name in _GENERATED:
        return instances_of(names, arguments[0], scope)
    return instances_of(names, outer, scope)


def _instance_of(value: Value, scope: Scope) -> Iterable[Value]:
    match value:
        case ClassValue(made):
            return (InstanceValue(made),)
        case External() | Missing():
            return (Made(value, None, scope),)
        case _:
            return ()


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return None
