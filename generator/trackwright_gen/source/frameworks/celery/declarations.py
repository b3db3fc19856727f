"""The tasks that one module declares: by decorators, by calls, as classes."""

import ast
from collections.abc import Iterable, Iterator

from trackwright_gen.source.frameworks.celery.registrars import CeleryObjects, options_of
from trackwright_gen.source.jobs import Declaration, Option
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.values import FunctionValue, Member, Text, Value
from trackwright_gen.source.wrappers import Wrappers


class Declarations:
    """Finds decorated functions and functions given to a registrar."""

    def __init__(self, resolver: Resolver, objects: CeleryObjects, wrappers: Wrappers) -> None:
        self._resolver = resolver
        self._objects = objects
        self._wrappers = wrappers

    def decorated(self, module: Module) -> Iterator[Declaration]:
        """Functions under a decorator that ends in Celery."""
        for function in module.functions:
            if function.parent is None or self._wrappers.wraps_parameter(function):
                continue
            for decorator in function.decorators:
                registering = self._registering(decorator, function.parent)
                if registering:
                    yield self._function(function, decorator, registering)
                    break

    def _registering(self, decorator: ast.expr, scope: Scope) -> list[Value]:
        """The values of a decorator that make tasks; for `@x(...)`, those of `x` count too."""
        called = decorator.func if isinstance(decorator, ast.Call) else None
        values = list(self._wrappers.registering(decorator, scope))
        if called is not None:
            values += self._wrappers.registering(called, scope)
        return list(dict.fromkeys(values))

    def _function(self, function: Scope, decorator: ast.expr, registering: list[Value]) -> Declaration:
        node = function.node
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101 -- lambdas have no decorators
        outer = function.parent or function
        options = self._options(decorator, outer, registering)
        return Declaration(
            framework="celery",
            name=self._name(options) or f"{function.module.name}.{function.name}",
            qualified_name=function.dotted,
            module=function.module,
            node=node,
            declared_by=f"@{_callee(decorator)}",
            is_async=isinstance(node, ast.AsyncFunctionDef),
            bind=_is_true(options, "bind"),
            body=function,
            through=self._through(function.decorators, outer, registering),
            options=options,
        )

    def _through(
        self, decorators: Iterable[ast.expr], scope: Scope, registering: list[Value]
    ) -> tuple[Value, ...]:
        values = list(registering)
        for decorator in decorators:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            values += self._resolver.evaluate(called, scope)
        return tuple(dict.fromkeys(values))

    def _options(self, decorator: ast.expr, scope: Scope, registering: Iterable[Value]) -> tuple[Option, ...]:
        own = options_of(decorator, scope) if isinstance(decorator, ast.Call) else ()
        found = [registrar.options for registrar in map(self._objects.registrar, registering) if registrar]
        return tuple(dict.fromkeys((*own, *(option for options in found for option in options))))

    def called(self, module: Module) -> Iterator[Declaration]:
        """Functions given to a registrar in a call: `app.task(fn)`, `app.task(...)(fn)`, `wrapper(fn)`."""
        for scope in module.scope.walk():
            for call in scope.calls:
                if call.args and call not in module.decorator_calls:
                    registering = self._registering_call(call, scope)
                    if registering:
                        given = self._resolver.evaluate(call.args[0], scope)
                        bodies: list[Scope | None] = [
                            each.scope for each in given if isinstance(each, FunctionValue)
                        ]
                        for body in bodies or [None]:
                            yield self._call(call, scope, registering, body)

    def _registering_call(self, call: ast.Call, scope: Scope) -> list[Value]:
        registering = list(self._wrappers.registering(call.func, scope))
        if not registering or self._wrappers.is_given(call.args[0], scope):
            return []
        given = self._resolver.evaluate(call.args[0], scope)
        if any(isinstance(each, FunctionValue) for each in given):
            return registering
        sure = any(registrar.sure for registrar in map(self._objects.registrar, registering) if registrar)
        is_no_function = any(
            isinstance(each, Text | Member) and not isinstance(each, Member) for each in given
        )
        return registering if sure and not is_no_function and not self._is_tracked_task(registering) else []

    def _is_tracked_task(self, registering: list[Value]) -> bool:
        """`tracked_task(app, Model)` has positional arguments that are no functions."""
        return any(str(getattr(each, "dotted", "")).endswith(".tracked_task") for each in registering)

    def _call(
        self, call: ast.Call, scope: Scope, registering: list[Value], body: Scope | None
    ) -> Declaration:
        options = self._options(call.func, scope, registering)
        options = tuple(dict.fromkeys((*options_of(call, scope), *options)))
        module = scope.module
        own_name = body.name if body is not None else _callee(call.args[0]).rpartition(".")[2]
        home = body.module.name if body is not None else module.name
        return Declaration(
            framework="celery",
            name=self._name(options) or f"{home}.{own_name}",
            qualified_name=body.dotted if body is not None else f"{module.name}.{own_name}",
            module=module,
            node=call,
            declared_by=f"{_callee(call.func)}()",
            is_async=body is not None and isinstance(body.node, ast.AsyncFunctionDef),
            bind=_is_true(options, "bind"),
            body=body,
            through=self._through(
                body.decorators if body else (), (body.parent if body else None) or scope, registering
            ),
            options=options,
        )

    def _name(self, options: Iterable[Option]) -> str | None:
        for option in options:
            if option.name == "name":
                return self.text(option.value, option.scope)
        return None

    def text(self, expression: ast.expr, scope: Scope) -> str | None:
        """The string that an expression stands for, through constants of any module."""
        if isinstance(expression, ast.JoinedStr):
            return self._formatted(expression, scope)
        if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add):
            left, right = self.text(expression.left, scope), self.text(expression.right, scope)
            return left + right if left is not None and right is not None else None
        texts = [each.text for each in self._resolver.evaluate(expression, scope) if isinstance(each, Text)]
        return texts[0] if len(texts) == 1 else None

    def _formatted(self, expression: ast.JoinedStr, scope: Scope) -> str | None:
        parts = [
            self.text(part.value if isinstance(part, ast.FormattedValue) else part, scope)
            for part in expression.values
        ]
        return "".join(part for part in parts if part is not None) if None not in parts else None


def _is_true(options: Iterable[Option], name: str) -> bool:
    return any(
        option.name == name and isinstance(option.value, ast.Constant) and option.value.value is True
        for option in options
    )


def _callee(expression: ast.expr) -> str:
    """How a call or decorator is written, without its arguments."""
    while isinstance(expression, ast.Call):
        expression = expression.func
    return ast.unparse(expression)
