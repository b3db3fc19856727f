"""The base class that an app gives to all its tasks: `task_cls`, or `app.Task = ...`."""

import ast
from collections.abc import Iterable, Iterator

from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Assigned, Scope
from trackwright_gen.source.values import InstanceValue, Made, Member, Text, Value


def app_bases(resolver: Resolver, through: Iterable[Value]) -> Iterator[Value]:
    """The base classes that the apps behind some decorators set for their tasks."""
    for value in through:
        registrar = value.by if isinstance(value, Made) else value
        if isinstance(registrar, Member) and registrar.name == "task":
            for expression, scope in _expressions(resolver, registrar.of):
                yield from _classes(resolver, expression, scope)


def _expressions(resolver: Resolver, app: Value) -> Iterator[tuple[ast.expr, Scope]]:
    match app:
        case Made(_, ast.Call() as call, scope):
            yield from ((each.value, scope) for each in call.keywords if each.arg == "task_cls")
            yield from _assigned(scope)
        case InstanceValue(class_):
            for above in resolver.ancestors(class_):
                for binding in getattr(above, "scope", class_).bindings.get("task_cls", ()):
                    if isinstance(binding, Assigned) and binding.value is not None:
                        yield binding.value, class_
        case _:
            pass


def _assigned(scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
    """`app.Task = ContextTask` beside the place where the app is made."""
    for node in ast.walk(scope.node):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr="Task")], value=value):
                yield value, scope
            case _:
                pass


def _classes(resolver: Resolver, expression: ast.expr, scope: Scope) -> Iterator[Value]:
    for value in resolver.evaluate(expression, scope):
        if isinstance(value, Text):
            yield from resolver.named(value.text, scope.module)
        else:
            yield value
