"""A project's own functions that end in a framework's: followed from their definition to where they are used."""

import ast
from collections.abc import Callable, Iterable, Iterator

from trackwright_gen.source.hierarchy import holds
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Assigned, Binding, Module, Parameter, Scope
from trackwright_gen.source.telling import Telling
from trackwright_gen.source.values import ClassValue, FunctionValue, InstanceValue, Made, Value, external_name

IsRegistrar = Callable[[Value], bool]
Handed = Callable[[ast.Call], ast.expr | None]


def first_argument(call: ast.Call) -> ast.expr | None:
    """What a decorator is given when it is called."""
    return call.args[0] if call.args else None


class Wrappers:
    """Answers whether calling a project's function makes a task of what it is given."""

    def __init__(
        self,
        resolver: Resolver,
        is_registrar: IsRegistrar,
        telling: Telling,
        *,
        handed: Handed | None = None,
    ) -> None:
        """`is_registrar` knows the framework's own functions, `handed` what a call of one gives to it.

        Without `handed` they are decorators. `telling` knows the names that all of them go by.
        """
        self._resolver = resolver
        self._is_registrar = is_registrar
        self._handed = handed or first_argument
        self._decorates = handed is None
        self._known: dict[Scope, bool] = {}
        self._partials: set[ast.Call] = set()
        self._telling = telling

    def learn(self, names: Iterable[str]) -> None:
        """Take in names that declare tasks: what seemed to be no wrapper may call one of them."""
        self._telling.learn(names)
        self._known = {function: known for function, known in self._known.items() if known}

    def may_matter(self, expression: ast.expr, scope: Scope) -> bool:
        """False for what surely makes no task and is no class of tasks."""
        return self._telling.may_be(expression, scope)

    def registering(self, expression: ast.expr, scope: Scope) -> tuple[Value, ...]:
        """The values of an expression that make a task of what they are given."""
        if not self.may_matter(expression, scope):
            return ()
        return tuple(each for each in self._resolver.evaluate(expression, scope) if self.makes_task(each))

    def makes_task(self, value: Value) -> bool:
        """True for a registrar, and for a project's function or class that wraps one."""
        if self._is_registrar(value):
            return True
        match value:
            case FunctionValue(scope):
                return self.is_wrapper(scope)
            case ClassValue(scope) | InstanceValue(scope):
                above = [each for each in self._resolver.ancestors(scope) if not isinstance(each, ClassValue)]
                return any(map(self._is_registrar, above)) or any(
                    map(self.is_wrapper, _called_methods(scope))
                )
            case Made(FunctionValue(scope), _, _):
                return self.is_wrapper(scope)
            case Made(by, ast.Call() as call, scope):
                return self._is_made_registrar(by, call, scope)
            case _:
                return False

    def _is_made_registrar(self, by: Value, call: ast.Call, scope: Scope) -> bool:
        """True for `partial(decorator, ...)`, and for `decorator(...)` where that gives a decorator."""
        if external_name(by) != "functools.partial":
            return self._decorates and self._is_registrar(by)
        if call in self._partials or not call.args:
            return False
        # While it is being found out, `job = partial(job, ...)` proves nothing about itself.
        self._partials.add(call)
        try:
            return any(map(self.makes_task, self._resolver.evaluate(call.args[0], scope)))
        finally:
            self._partials.discard(call)

    def is_wrapper(self, function: Scope) -> bool:
        """True if a function registers what it is given, itself or in a function it returns."""
        if function not in self._known:
            # Inside its own computation it is no wrapper: recursion proves nothing.
            self._known[function] = False
            self._known[function] = self._registers_its_argument(function) or self._returns_registrar(
                function
            )
        return self._known[function]

    def _registers_its_argument(self, function: Scope) -> bool:
        for scope in function.walk():
            if scope.kind != "function":
                continue
            if scope is not function and self.wraps_parameter(scope) and self._is_decorated_task(scope):
                return True
            if any(self._registers(call, scope) for call in scope.calls):
                return True
        return False

    def _registers(self, call: ast.Call, scope: Scope) -> bool:
        handed = self._handed(call)
        if handed is not None and self.is_given(handed, scope):
            return bool(self.registering(call.func, scope))
        if self._decorates or not any(self.is_given(each.value, scope) for each in call.keywords):
            return False
        # A wrapper's parameter has a name of its own.
        return any(isinstance(each, FunctionValue) for each in self.registering(call.func, scope))

    def _is_decorated_task(self, scope: Scope) -> bool:
        return scope.parent is not None and any(
            self.registering(decorator, scope.parent) for decorator in scope.decorators
        )

    def _returns_registrar(self, function: Scope) -> bool:
        return any(
            not isinstance(value, ClassValue | InstanceValue)
            for expression in function.returns
            for value in self.registering(expression, function)
        )

    def registers_something(self, function: Scope) -> bool:
        """True if a function makes a task of anything at all."""
        return any(
            (isinstance(call.func, ast.Attribute) and call.func.attr == "register_task")
            or bool(self.registering(call.func, scope))
            for scope in function.walk()
            for call in scope.calls
        )

    def is_given(self, expression: ast.expr, scope: Scope) -> bool:
        """True for a function that comes in through a parameter, bare or wrapped."""
        # In `JOBS[name]` the name only chooses.
        looked_at = expression.value if isinstance(expression, ast.Subscript) else expression
        for node in ast.walk(looked_at):
            if isinstance(node, ast.Name):
                home = _home(node.id, scope)
                bound = home.bindings[node.id] if home is not None else []
                if any(isinstance(each, Parameter) and not _is_self(node.id, each, home) for each in bound):
                    return True
                if any(isinstance(each, Scope) and self.wraps_parameter(each) for each in bound):
                    return True
        return False

    def aliases_in(self, module: Module) -> Iterator[str]:
        """The names that a module gives to what makes tasks."""
        for scope in (module.scope, *module.classes):
            for name, bindings in scope.bindings.items():
                if any(self._is_alias(each, scope) for each in bindings):
                    yield name
        for class_ in module.classes:
            for name, assigned in class_.attributes.items():
                if any(self._registers_in_a_method(each.value, class_) for each in assigned if each.value):
                    yield name

    def classes_in(self, module: Module) -> Iterator[str]:
        """The classes of a module that inherit from a class that makes tasks."""
        for class_ in module.classes:
            bases = class_.node.bases if isinstance(class_.node, ast.ClassDef) else []
            if class_.parent and any(self.registering(base, class_.parent) for base in bases):
                yield class_.name

    def _is_alias(self, binding: Binding, scope: Scope) -> bool:
        return (
            isinstance(binding, Assigned)
            and binding.value is not None
            and bool(self.registering(binding.value, scope))
        )

    def _registers_in_a_method(self, value: ast.expr, class_: Scope) -> bool:
        """True for the value in `self.register = app.task`."""
        return any(
            holds(method, value) and bool(self.registering(value, method)) for method in class_.children
        )

    def wraps_parameter(self, function: Scope) -> bool:
        """True if an inner function stands for one that an outer function was given."""
        if function.parent is None or function.parent.kind != "function":
            return False
        return self._is_named_after_parameter(function) or any(
            _passes_everything(call) and _is_outer_parameter(call.func, function)
            for scope in function.walk()
            for call in scope.calls
        )

    def _is_named_after_parameter(self, function: Scope) -> bool:
        """True under `@wraps(fn)` with `fn` a parameter."""
        for decorator in function.decorators:
            if isinstance(decorator, ast.Call) and decorator.args and function.parent is not None:
                named = {
                    external_name(each) for each in self._resolver.evaluate(decorator.func, function.parent)
                }
                if "functools.wraps" in named and _is_outer_parameter(decorator.args[0], function):
                    return True
        return False


def _called_methods(scope: Scope) -> Iterator[Scope]:
    return (child for child in scope.children if child.name in {"__init__", "__call__"})


def _passes_everything(call: ast.Call) -> bool:
    return any(isinstance(each, ast.Starred) for each in call.args) or any(
        each.arg is None for each in call.keywords
    )


def _is_outer_parameter(expression: ast.expr, function: Scope) -> bool:
    if not isinstance(expression, ast.Name) or expression.id in function.bindings or function.parent is None:
        return False
    home = _home(expression.id, function.parent)
    return home is not None and any(isinstance(each, Parameter) for each in home.bindings[expression.id])


def _is_self(name: str, parameter: Parameter, home: Scope | None) -> bool:
    in_class = home is not None and home.parent is not None and home.parent.kind == "class"
    return in_class and parameter.position == 0 and name in {"self", "cls"}


def _home(name: str, scope: Scope) -> Scope | None:
    """The function that binds a name as seen from a scope; None at module level."""
    inner: Scope | None = scope
    while inner is not None and inner.kind != "module":
        if name in inner.bindings and (inner is scope or inner.kind == "function"):
            return inner
        inner = inner.parent
    return None
