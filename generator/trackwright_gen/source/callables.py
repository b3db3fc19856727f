"""Declarations of the frameworks that are given a function: by a decorator, or as an argument of a call."""

import ast
from collections.abc import Callable, Iterable, Iterator

from trackwright_gen.source.jobs import Declaration, Option
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.telling import Telling
from trackwright_gen.source.values import (
    External,
    FunctionValue,
    Made,
    Member,
    Text,
    Unknown,
    Value,
    external_name,
)

IsOurs = Callable[[Value], bool]


def decorated(framework: str, names: Resolver, module: Module, is_ours: IsOurs) -> Iterator[Declaration]:
    """Functions under a decorator of the framework, called or bare."""
    for function in module.functions:
        outer = function.parent
        for decorator in function.decorators if outer is not None else ():
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if outer is not None and any(is_ours(each) for each in names.evaluate(called, outer)):
                yield _of_function(framework, function, called, _options(decorator, outer))
                break


def given(
    framework: str,
    names: Resolver,
    module: Module,
    is_ours: IsOurs,
    *,
    telling: Iterable[str],
    position: int = 0,
    keywords: Iterable[str] = (),
) -> Iterator[Declaration]:
    """Functions handed to a call of the framework, each once per module, at the first such call.

    `telling` are the names that such a call goes by.
    """
    seen: set[str] = set()
    known = Telling(telling)
    for scope in module.scope.walk():
        for call in scope.calls:
            if call in module.decorator_calls or not known.may_be(call.func, scope):
                continue
            if not any(is_ours(each) for each in names.evaluate(call.func, scope)):
                continue
            handed = _handed(call, position, keywords)
            found = _of_call(framework, names, call, handed, scope) if handed is not None else None
            if found is not None and found.qualified_name not in seen:
                seen.add(found.qualified_name)
                yield found


def method_of(value: Value, *methods: str) -> Value | None:
    """The object whose method a value is, if it is one of some names."""
    return value.of if isinstance(value, Member) and value.name in methods else None


def made_by(value: Value | None) -> str:
    """The dotted name of the class or function outside the project that made a value; empty if none did."""
    return (external_name(value.by) or "") if isinstance(value, Made) else ""


def called(value: Value | None) -> str:
    """The name that an unresolved object goes by in the code, in lower case."""
    match value:
        case Unknown(name) | Member(_, name):
            return name.rpartition(".")[2].lower()
        case None | External():
            return ""
        case _:
            return str(getattr(value, "name", getattr(value, "dotted", ""))).rpartition(".")[2].lower()


def _handed(call: ast.Call, position: int, keywords: Iterable[str]) -> ast.expr | None:
    named = {each.arg: each.value for each in call.keywords}
    for keyword in keywords:
        if keyword in named:
            return named[keyword]
    if len(call.args) > position and not any(isinstance(each, ast.Starred) for each in call.args):
        return call.args[position]
    return None


def _of_call(
    framework: str, names: Resolver, call: ast.Call, handed: ast.expr, scope: Scope
) -> Declaration | None:
    handed = _unwrapped(names, handed, scope)
    values = names.evaluate(handed, scope)
    body = next((each.scope for each in values if isinstance(each, FunctionValue)), None)
    name = body.dotted if body is not None else _written(values, handed, scope)
    if name is None:
        return None
    return Declaration(
        framework=framework,
        name=name,
        qualified_name=name,
        module=scope.module,
        node=call,
        declared_by=f"{ast.unparse(call.func)}()",
        is_async=body is not None and isinstance(body.node, ast.AsyncFunctionDef),
        bind=False,
        body=body,
        through=(),
        options=_options(call, scope),
    )


def _unwrapped(names: Resolver, handed: ast.expr, scope: Scope) -> ast.expr:
    """What `partial(f, 1)` and a name for it stand for: `f`."""
    for value in names.evaluate(handed, scope):
        if isinstance(value, Made) and value.call is not None and made_by(value) == "functools.partial":
            return value.call.args[0] if value.call.args else handed
    return handed


def _written(values: Iterable[Value], handed: ast.expr, scope: Scope) -> str | None:
    """A name for a job whose function is not found; None for what only sends on, as `task.delay`."""
    for value in values:
        if isinstance(value, Text):
            return value.text.replace(":", ".")
    if isinstance(handed, ast.Attribute) and handed.attr in {"delay", "apply_async", "send"}:
        return None
    return (
        f"{scope.module.name}.{ast.unparse(handed)}" if isinstance(handed, ast.Name | ast.Attribute) else None
    )


def _of_function(
    framework: str, function: Scope, decorator: ast.expr, options: tuple[Option, ...]
) -> Declaration:
    node = function.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101 -- lambdas have no decorators
    return Declaration(
        framework=framework,
        name=function.dotted,
        qualified_name=function.dotted,
        module=function.module,
        node=node,
        declared_by=f"@{ast.unparse(decorator)}",
        is_async=isinstance(node, ast.AsyncFunctionDef),
        bind=False,
        body=function,
        through=(),
        options=options,
    )


def _options(expression: ast.expr, scope: Scope) -> tuple[Option, ...]:
    keywords = expression.keywords if isinstance(expression, ast.Call) else ()
    return tuple(Option(each.arg, each.value, scope) for each in keywords if each.arg)
