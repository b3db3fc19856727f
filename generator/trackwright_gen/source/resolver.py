"""What names and expressions stand for, across the files of a project, without running it."""

import ast
import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from trackwright_gen.source.annotations import instances_of
from trackwright_gen.source.elements import elements_of, looped_over
from trackwright_gen.source.expressions import choices_of, element_name, written
from trackwright_gen.source.hierarchy import ancestors_of, attribute_of, is_static
from trackwright_gen.source.scopes import (
    Assigned,
    Binding,
    Imported,
    Module,
    Parameter,
    Scope,
    enclosing_class,
)
from trackwright_gen.source.values import (
    ClassValue,
    Display,
    External,
    FunctionValue,
    InstanceValue,
    Made,
    Member,
    Missing,
    ModuleValue,
    ParameterValue,
    Text,
    Unknown,
    Value,
    external_name,
)

_DEEPEST = 60
"""Longer ways than this (fluent calls by the hundred) would exhaust the interpreter's stack."""
_Computation = Callable[[], Iterable[Value]]
_Step = Callable[[Value], Iterable[Value]]


class Modules(Protocol):
    """Where the resolver gets modules from."""

    def module(self, dotted: str, importer: Module) -> Module | None:
        """The project's module of a dotted name, as an importing module sees it."""
        ...

    def is_namespace(self, dotted: str, importer: Module) -> bool:
        """True for a folder of the project without an `__init__.py`."""
        ...


class Resolver:
    """Evaluates expressions to all values that their bindings allow."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._known: dict[tuple[object, ...], tuple[Value, ...]] = {}
        self._running: set[tuple[object, ...]] = set()

    def evaluate(self, expression: ast.expr, scope: Scope) -> tuple[Value, ...]:
        """All values that an expression may have; Unknown where nothing is known."""
        return self._once(("expression", expression, scope), lambda: self._evaluate(expression, scope))

    def _once(self, key: tuple[object, ...], compute: _Computation) -> tuple[Value, ...]:
        """Compute a result once; inside its own computation it adds nothing."""
        if key in self._known:
            return self._known[key]
        if key in self._running:
            return ()
        if len(self._running) > _DEEPEST:
            return (Unknown("?"),)
        self._running.add(key)
        try:
            result = tuple(dict.fromkeys(compute()))
        finally:
            self._running.discard(key)
        self._known[key] = result
        return result

    @contextlib.contextmanager
    def passing(self) -> Iterator[None]:
        """Forget what is found out in here: it may speak of modules that are not kept."""
        before = len(self._known)
        try:
            yield
        finally:
            while len(self._known) > before:
                self._known.popitem()

    def _evaluate(self, expression: ast.expr, scope: Scope) -> Iterable[Value]:
        match expression:
            case ast.Name(id=name):
                return self.lookup(name, scope)
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name):
                return self._super_attribute(name, scope)
            case ast.Attribute(value=owner, attr=name):
                return self._each(
                    self.evaluate(owner, scope), lambda value: self.attribute(value, name, scope.module)
                )
            case ast.Call():
                return self._call(expression, scope)
            case ast.Await(value=inner) | ast.NamedExpr(value=inner) | ast.Starred(value=inner):
                return self.evaluate(inner, scope)
            case ast.BoolOp() | ast.IfExp():
                return [value for choice in choices_of(expression) for value in self.evaluate(choice, scope)]
            case _:
                return self._literal(expression, scope)

    def _literal(self, expression: ast.expr, scope: Scope) -> Iterable[Value]:
        match expression:
            case ast.Constant(value=str(text)):
                return (Text(text),)
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return (Display(expression, scope),)
            case ast.Lambda():
                return [FunctionValue(each) for each in scope.children if each.node is expression]
            case ast.Subscript(value=owner, slice=key):
                found = list(elements_of(self, owner, scope))
                return found or (Unknown(element_name(owner, key)),)
            case _:
                return (Unknown(written(expression)),)

    @staticmethod
    def _each(values: Iterable[Value], step: _Step) -> list[Value]:
        return [result for value in values for result in step(value)]

    # -- names

    def lookup(self, name: str, scope: Scope) -> tuple[Value, ...]:
        """What a name stands for where it is read."""
        inner: Scope | None = scope
        while inner is not None:
            # A class's names are not seen from its methods.
            if name in inner.bindings and (inner is scope or inner.kind != "class"):
                return self._bound(name, inner)
            found = self._from_stars(name, inner)
            if found:
                return found
            inner = inner.parent
        return (Unknown(name),)

    def _bound(self, name: str, scope: Scope) -> tuple[Value, ...]:
        bindings = scope.bindings[name]
        return self._once(
            ("name", name, scope),
            lambda: [value for binding in bindings for value in self._binding(name, binding, scope)],
        )

    def _binding(self, name: str, binding: Binding, scope: Scope) -> Iterable[Value]:
        match binding:
            case Imported():
                return self._imported(binding, scope.module)
            case Scope(kind="class"):
                return (ClassValue(binding),)
            case Scope():
                return (FunctionValue(binding),)
            case Parameter():
                return self._parameter(name, binding, scope)
            case Assigned():
                return self.assigned(name, binding, scope)
            case _:
                source = binding.source
                looped = list(looped_over(self, source, scope)) if source is not None else []
                return looped or (Unknown(name),)

    def _module_value(self, dotted: str, importer: Module) -> Value:
        module = self._modules.module(dotted, importer)
        if module is not None:
            return ModuleValue(module)
        return Missing(dotted) if self._modules.is_namespace(dotted, importer) else External(dotted)

    def _imported(self, binding: Imported, importer: Module) -> Iterable[Value]:
        source = self._module_value(binding.module, importer)
        if binding.attribute is None:
            return (source,)
        if isinstance(source, ModuleValue) and source.module is importer:
            return (self._module_value(f"{binding.module}.{binding.attribute}", importer),)
        return self.attribute(source, binding.attribute, importer)

    def _from_stars(self, name: str, scope: Scope) -> tuple[Value, ...]:
        for dotted in scope.stars:
            module = self._modules.module(dotted, scope.module)
            if module is None or module is scope.module:
                continue
            found = self._exported(name, module)
            if found:
                return found
        return ()

    def _exported(self, name: str, module: Module) -> tuple[Value, ...]:
        if name in module.scope.bindings:
            return self._bound(name, module.scope)
        return self._once(("star", name, module), lambda: self._from_stars(name, module.scope))

    def _parameter(self, name: str, parameter: Parameter, scope: Scope) -> Iterable[Value]:
        owner = scope.parent
        is_first = parameter.position == 0 and owner is not None and owner.kind == "class"
        if owner is not None and is_first and not is_static(scope):
            return (ClassValue(owner),) if name in {"cls", "mcs"} else (InstanceValue(owner),)
        if parameter.annotation is not None:
            known = [
                value
                for value in self.instances(parameter.annotation, owner or scope)
                if not isinstance(value, Unknown)
            ]
            if known:
                return known
        return (ParameterValue(name, scope),)

    def assigned(self, name: str, binding: Assigned, scope: Scope) -> Iterable[Value]:
        """What an assignment gives a name."""
        values: list[Value] = []
        if binding.value is not None:
            values += self.evaluate(binding.value, scope)
            if binding.entered:
                values += self._entered(binding.value, scope)
        if binding.annotation is not None:
            values += self.instances(binding.annotation, scope)
        named = [
            Unknown(name) if isinstance(value, Unknown) and "." not in value.name else value
            for value in values
        ]
        return named or (Unknown(name),)

    def _entered(self, context: ast.expr, scope: Scope) -> Iterable[Value]:
        """What `with f() as x` gives for a generator function: what it yields."""
        if isinstance(context, ast.Call):
            for value in self.evaluate(context.func, scope):
                if isinstance(value, FunctionValue):
                    for given in value.scope.yields:
                        yield from self.evaluate(given, value.scope)

    # -- attributes

    def attribute(self, value: Value, name: str, importer: Module | None = None) -> tuple[Value, ...]:
        """What an attribute of a value is."""
        match value:
            case ModuleValue(module):
                return self._module_attribute(module, name)
            case Missing(dotted) if importer is not None:
                return (self._below_namespace(f"{dotted}.{name}", importer),)
            case ClassValue(scope) | InstanceValue(scope):
                return self._class_attribute(value, scope, name)
            case External(dotted):
                return (External(f"{dotted}.{name}"),)
            case Missing(dotted):
                return (Missing(f"{dotted}.{name}"),)
            case FunctionValue() | Text():
                return (Unknown(name),)
            case _:
                return (Member(value, name),)

    def _module_attribute(self, module: Module, name: str) -> tuple[Value, ...]:
        if name in module.scope.bindings:
            return self._bound(name, module.scope)
        below = self._modules.module(f"{module.name}.{name}", module) if module.is_package else None
        if below is not None:
            return (ModuleValue(below),)
        found = self._from_stars(name, module.scope)
        return found or (Missing(f"{module.name}.{name}"),)

    def _below_namespace(self, dotted: str, importer: Module) -> Value:
        module = self._modules.module(dotted, importer)
        return ModuleValue(module) if module is not None else Missing(dotted)

    def _class_attribute(self, value: Value, scope: Scope, name: str) -> tuple[Value, ...]:
        return self._once(("attribute", value, name), lambda: attribute_of(self, scope, name))

    def _super_attribute(self, name: str, scope: Scope) -> Iterable[Value]:
        class_ = enclosing_class(scope)
        return attribute_of(self, class_, name, above=True) if class_ is not None else (Unknown(name),)

    def named(self, dotted: str, importer: Module) -> tuple[Value, ...]:
        """What a text such as `package.module:Class` names."""
        module, _, name = dotted.replace(":", ".").rpartition(".")
        return self.attribute(self._module_value(module, importer), name, importer) if module else ()

    def ancestors(self, scope: Scope) -> list[Value]:
        """A class and all it inherits from, nearest first; classes outside the project as they are named."""
        return list(self._once(("ancestors", scope), lambda: ancestors_of(self, scope)))

    # -- calls

    def _call(self, call: ast.Call, scope: Scope) -> Iterable[Value]:
        for value in self.evaluate(call.func, scope):
            match value:
                case ClassValue(made):
                    yield InstanceValue(made)
                case FunctionValue(function):
                    yield from self.results(function) or (Made(value, call, scope),)
                case External("typing.cast" | "typing_extensions.cast") if len(call.args) > 1:
                    yield from self.instances(call.args[0], scope)
                    yield from self.evaluate(call.args[1], scope)
                case _:
                    yield Made(value, call, scope)

    def results(self, function: Scope) -> tuple[Value, ...]:
        """What a function returns, by its return statements and its annotation."""
        return self._once(("results", function), lambda: self._find_results(function))

    def _find_results(self, function: Scope) -> Iterable[Value]:
        for expression in function.returns:
            yield from self.evaluate(expression, function)
        node = function.node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns and function.parent:
            yield from (
                each for each in self.instances(node.returns, function.parent) if external_name(each) != ""
            )

    def instances(self, annotation: ast.expr, scope: Scope) -> tuple[Value, ...]:
        """Instances of what an annotation names; nothing for what it leaves open."""
        return self._once(("instances", annotation, scope), lambda: instances_of(self, annotation, scope))
