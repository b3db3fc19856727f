"""Declarations of the frameworks that are given a function: by a decorator, or as an argument of a call."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from trackwright_gen.source.jobs import Declaration, Option
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.telling import Telling
from trackwright_gen.source.values import (
    External,
    FunctionValue,
    Made,
    Member,
    ParameterValue,
    Text,
    Unknown,
    Value,
    external_name,
)
from trackwright_gen.source.wrappers import Wrappers

IsOurs = Callable[[Value], bool]


@dataclass(frozen=True, slots=True)
class Given:
    """Calls that take the function to run, and where they take it."""

    is_ours: IsOurs
    telling: tuple[str, ...]
    """The names that such a call goes by."""
    position: int = 0
    keywords: tuple[str, ...] = ()
    in_module: Callable[[Value, Module], bool] | None = None
    """What is told only together with the module around it."""

    def handed(self, call: ast.Call) -> ast.expr | None:
        """The function in a call."""
        named = {each.arg: each.value for each in call.keywords}
        for keyword in self.keywords:
            if keyword in named:
                return named[keyword]
        before = call.args[: self.position + 1]
        if len(before) <= self.position or any(isinstance(each, ast.Starred) for each in before):
            return None
        return before[-1]


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways in which a framework is given its jobs."""

    framework: str
    decorates: IsOurs | None = None
    telling: tuple[str, ...] = ()
    """The names that its decorators go by."""
    given: tuple[Given, ...] = ()


class Callables:
    """Reads one framework's jobs out of modules, through the project's own wrappers too."""

    def __init__(self, names: Resolver, ways: Ways) -> None:
        self._names = names
        self._ways = ways
        self._decorating = (
            Wrappers(names, ways.decorates, Telling(ways.telling)) if ways.decorates is not None else None
        )
        self._giving = [
            (each, Wrappers(names, each.is_ours, Telling(each.telling), handed=each.handed))
            for each in ways.given
        ]

    def learn(self, found: Iterable[str]) -> None:
        """Take in names that were found to lead to jobs."""
        learned = tuple(found)
        for each in self._wrappers:
            each.learn(learned)

    @property
    def _wrappers(self) -> tuple[Wrappers, ...]:
        giving = tuple(each for _, each in self._giving)
        return (self._decorating, *giving) if self._decorating is not None else giving

    def of(self, module: Module) -> Iterator[Declaration]:
        """The jobs of a module."""
        if self._decorating is not None:
            yield from self._decorated(module, self._decorating)
        for way, wrappers in self._giving:
            yield from self._given(module, way, wrappers)

    def wrappers_in(self, module: Module) -> Iterator[str]:
        """The names of the functions of a module that hand on to the framework what they are given."""
        for function in module.functions:
            # What is defined in a function cannot be named elsewhere.
            if function.parent is None or function.parent.kind == "function":
                continue
            if any(each.is_wrapper(function) for each in self._wrappers):
                yield function.parent.name if function.name.startswith("__") else function.name
        if self._decorating is not None:
            yield from self._decorating.classes_in(module)
            yield from self._decorating.aliases_in(module)

    def _decorated(self, module: Module, wrappers: Wrappers) -> Iterator[Declaration]:
        """Functions under a decorator of the framework, called or bare."""
        for function in module.functions:
            outer = function.parent
            if outer is None or wrappers.wraps_parameter(function):
                continue
            for decorator in function.decorators:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                if wrappers.registering(called, outer):
                    yield _of_function(self._ways.framework, function, called, _options(decorator, outer))
                    break

    def _given(self, module: Module, way: Given, wrappers: Wrappers) -> Iterator[Declaration]:
        """Functions handed to a call of the framework, each once per module, at the first such call."""
        seen: set[str] = set()
        for scope in module.scope.walk():
            for call in scope.calls:
                if call in module.decorator_calls:
                    continue
                handed = self._handed(call, scope, way, wrappers)
                if handed is None or wrappers.is_given(handed, scope):
                    continue
                for found in _of_call(self._ways.framework, self._names, call, handed, scope):
                    if found.qualified_name not in seen:
                        seen.add(found.qualified_name)
                        yield found

    def _handed(self, call: ast.Call, scope: Scope, way: Given, wrappers: Wrappers) -> ast.expr | None:
        if not wrappers.may_matter(call.func, scope):
            return None
        values = self._names.evaluate(call.func, scope)
        if any(way.is_ours(each) or _is_in(way, each, scope.module) for each in values):
            return way.handed(call)
        if any(isinstance(each, FunctionValue) and wrappers.is_wrapper(each.scope) for each in values):
            return next((each for each in _arguments(call) if self._is_function(each, scope)), None)
        return None

    def _is_function(self, expression: ast.expr, scope: Scope) -> bool:
        bare = _unwrapped(self._names, expression, scope)
        return any(isinstance(each, FunctionValue) for each in self._names.evaluate(bare, scope))


def _is_in(way: Given, value: Value, module: Module) -> bool:
    return way.in_module is not None and way.in_module(value, module)


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (each.value for each in call.keywords)


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


def _of_call(
    framework: str, names: Resolver, call: ast.Call, handed: ast.expr, scope: Scope
) -> Iterator[Declaration]:
    """A job for each function that an argument may be; one by its spelling where none is found."""
    handed = _unwrapped(names, handed, scope)
    values = names.evaluate(handed, scope)
    bodies: dict[str | None, Scope | None] = {
        each.scope.dotted: each.scope for each in values if isinstance(each, FunctionValue)
    }
    for name, body in (bodies or {_written(values, handed, scope): None}).items():
        if name is not None:
            yield Declaration(
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
    if not isinstance(handed, ast.Name | ast.Attribute) or _is_anything(values):
        return None
    return next(filter(None, map(external_name, values)), f"{scope.module.name}.{ast.unparse(handed)}")


def _is_anything(values: Iterable[Value]) -> bool:
    """True for an attribute or an element that holds whatever function somebody put there."""
    return any(
        isinstance(each, ParameterValue) or (isinstance(each, Unknown) and "." not in each.name)
        for each in values
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
