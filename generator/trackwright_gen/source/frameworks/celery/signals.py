"""Handlers of Celery's signals: what they do happens around every task, or around those they name."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trackwright_gen.source.jobs import Declaration
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.values import Display, FunctionValue, Text, external_name

_NAMES = ("task_prerun", "task_postrun", "task_success", "task_failure")
SIGNAL_HINTS = tuple(name.encode() for name in _NAMES)
SIGNAL_SHAPES = re.compile(rb"\b(?:" + rb"|".join(SIGNAL_HINTS) + rb")\.connect\b")
_SIGNALS = frozenset(f"celery.signals.{name}" for name in _NAMES)


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that Celery calls around tasks; `tasks` are those it is for, None: all."""

    function: Scope
    tasks: frozenset[str] | None

    def hears(self, job: Declaration) -> bool:
        """True if the handler is called for a job."""
        return job.framework == "celery" and (
            self.tasks is None or not self.tasks.isdisjoint({job.name, job.qualified_name})
        )


def handlers(resolver: Resolver, modules: Iterable[Module]) -> Iterator[Handler]:
    """All functions connected to the signals that start and end a task."""
    for module in modules:
        for function in module.functions:
            for decorator in function.decorators:
                connect = decorator.func if isinstance(decorator, ast.Call) else decorator
                if function.parent is not None and _is_connect(resolver, connect, function.parent):
                    yield _handler(resolver, function, decorator, function.parent)
        for scope in module.scope.walk():
            for call in scope.calls:
                if (
                    call.args
                    and call not in module.decorator_calls
                    and _is_connect(resolver, call.func, scope)
                ):
                    for value in resolver.evaluate(call.args[0], scope):
                        if isinstance(value, FunctionValue):
                            yield _handler(resolver, value.scope, call, scope)


def _is_connect(resolver: Resolver, expression: ast.expr, scope: Scope) -> bool:
    match expression:
        case ast.Attribute(value=signal, attr="connect"):
            return any(external_name(each) in _SIGNALS for each in resolver.evaluate(signal, scope))
        case _:
            return False


def _handler(resolver: Resolver, function: Scope, connecting: ast.expr, scope: Scope) -> Handler:
    senders = [
        keyword.value
        for keyword in (connecting.keywords if isinstance(connecting, ast.Call) else ())
        if keyword.arg == "sender"
    ]
    names = {name for each in senders for name in _task_names(resolver, each, scope)}
    names |= set(_compared_names(resolver, function))
    return Handler(function, frozenset(names) if senders or _asks_for_name(function) else None)


def _task_names(resolver: Resolver, expression: ast.expr, scope: Scope) -> Iterator[str]:
    for value in resolver.evaluate(expression, scope):
        match value:
            case Text(text):
                yield text
            case FunctionValue(task):
                yield task.dotted
            case Display(node, home):
                for element in node.keys if isinstance(node, ast.Dict) else node.elts:
                    if element is not None:
                        yield from _task_names(resolver, element, home)
            case _:
                pass


def _asks_for_name(function: Scope) -> bool:
    """True for a handler that looks which task it is called for."""
    return any(
        isinstance(node, ast.Compare)
        and any(isinstance(part, ast.Attribute) and part.attr == "name" for part in ast.walk(node))
        for node in ast.walk(function.node)
    )


def _compared_names(resolver: Resolver, function: Scope) -> Iterator[str]:
    for node in ast.walk(function.node):
        if isinstance(node, ast.Compare):
            for part in (node.left, *node.comparators):
                options = part.elts if isinstance(part, ast.Tuple | ast.List | ast.Set) else [part]
                for option in options:
                    yield from _task_names(resolver, option, function)
