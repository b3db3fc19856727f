"""The base class that an app gives to all its tasks: `task_cls`, or `app.Task = ...`."""

import ast
from collections.abc import Iterable, Iterator

from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Assigned, Scope
from trackwright_gen.source.values import ClassValue, Made, Member, Text, Value


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
        case Made(_, None, Scope(kind="class") as class_):
            # An object of the project's own subclass of Celery.
            above = [each.scope for each in resolver.ancestors(class_) if isinstance(each, ClassValue)]
            for each in above:
                found = (
                    binding for binding in each.bindings.get("task_cls", ()) if isinstance(binding, Assigned)
                )
                yield from ((binding.value, each) for binding in found if binding.value is not None)
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
