"""Tasks that are classes: subclasses of celery.Task, and what is handed to `register_task`."""

import ast
from collections.abc import Iterable, Iterator

from trackwright_gen.source.frameworks.celery.registrars import CeleryObjects
from trackwright_gen.source.jobs import Declaration, Option
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Assigned, Module, Scope
from trackwright_gen.source.values import ClassValue, InstanceValue, Member, Text, Unknown
from trackwright_gen.source.wrappers import Wrappers


class TaskClasses:
    """Knows the task classes of all modules read so far, and which of them are only bases."""

    def __init__(
        self, resolver: Resolver, objects: CeleryObjects, wrappers: Wrappers, modules: Iterable[Module]
    ) -> None:
        self._resolver = resolver
        self._objects = objects
        self._wrappers = wrappers
        self._registered: set[Scope] = set()
        self._bases: set[Scope] = set()
        for module in modules:
            self._survey(module)

    def _survey(self, module: Module) -> None:
        for class_ in module.classes:
            if self.is_task_class(class_):
                above = [
                    each.scope for each in self._resolver.ancestors(class_) if isinstance(each, ClassValue)
                ]
                self._bases.update(each for each in above if each is not class_)
        for scope in module.scope.walk():
            for call in scope.calls:
                self._survey_call(call, scope)

    def _survey_call(self, call: ast.Call, scope: Scope) -> None:
        for keyword in call.keywords:
            if keyword.arg == "base":
                self._bases |= self._classes(keyword.value, scope)
        if call.args and self._registers(call, scope) and not _is_of_itself(call.args[0]):
            self._registered |= self._classes(call.args[0], scope)

    def _registers(self, call: ast.Call, scope: Scope) -> bool:
        """True for `app.register_task(...)` and `app.tasks.register(...)`."""
        match call.func:
            case (
                ast.Attribute(value=app, attr="register_task")
                | ast.Attribute(value=ast.Attribute(value=app, attr="tasks"), attr="register")
            ):
                return any(
                    self._objects.app(each) is not None for each in self._resolver.evaluate(app, scope)
                )
            case _:
                return False

    def _classes(self, expression: ast.expr, scope: Scope) -> set[Scope]:
        values = self._resolver.evaluate(expression, scope)
        return {each.scope for each in values if isinstance(each, ClassValue | InstanceValue)}

    def is_task_class(self, class_: Scope) -> bool:
        """True for a subclass of celery.Task, at any distance."""
        return self._has_telling_base(class_) and any(
            self._objects.is_task_class(each) for each in self._resolver.ancestors(class_)
        )

    def _has_telling_base(self, class_: Scope) -> bool:
        node, outer = class_.node, class_.parent
        return (
            isinstance(node, ast.ClassDef)
            and outer is not None
            and any(self._wrappers.may_matter(each, outer) for each in node.bases)
        )

    def registers_subclasses(self, class_: Scope) -> bool:
        """True if a class inherits an `__init_subclass__` that makes a task of each subclass."""
        if not self._has_telling_base(class_):
            return False
        inherited = [each.scope for each in self._resolver.ancestors(class_) if isinstance(each, ClassValue)][
            1:
        ]
        return any(
            hook.name == "__init_subclass__" and self._wrappers.registers_something(hook)
            for ancestor in inherited
            for hook in ancestor.children
        )

    def declared(self, module: Module) -> Iterator[Declaration]:
        """The task classes of a module, and registered instances whose class is not to be found."""
        for class_ in module.classes:
            if self._is_job(class_):
                yield self._class(class_)
        for scope in module.scope.walk():
            for call in scope.calls:
                if call.args and self._registers(call, scope) and self._is_unfollowed(call.args[0], scope):
                    yield self._instance(call, scope)

    def _is_job(self, class_: Scope) -> bool:
        if class_ in self._registered or self.registers_subclasses(class_):
            return True
        if class_ in self._bases or self._is_abstract(class_) or not self.is_task_class(class_):
            return False
        above = [each.scope for each in self._resolver.ancestors(class_) if isinstance(each, ClassValue)]
        return any("run" in each.bindings for each in above)

    def _is_abstract(self, class_: Scope) -> bool:
        return any(
            isinstance(each, Assigned) and isinstance(each.value, ast.Constant) and each.value.value is True
            for each in class_.bindings.get("abstract", ())
        )

    def _is_unfollowed(self, expression: ast.expr, scope: Scope) -> bool:
        if self._classes(expression, scope) or self._wrappers.is_given(expression, scope):
            return False
        values = self._resolver.evaluate(expression, scope)
        return not all(isinstance(each, Unknown | Member) for each in values) or isinstance(
            expression, ast.Call
        )

    def _class(self, class_: Scope) -> Declaration:
        node = class_.node
        assert isinstance(node, ast.ClassDef)  # noqa: S101 -- class scopes come from class statements only
        run = next((child for child in class_.children if child.name == "run"), None)
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        return Declaration(
            framework="celery",
            name=self._name(class_) or class_.dotted,
            qualified_name=class_.dotted,
            module=class_.module,
            node=node,
            declared_by=f"class {class_.name}({bases})",
            is_async=run is not None and isinstance(run.node, ast.AsyncFunctionDef),
            bind=True,
            body=class_,
            through=tuple(self._resolver.ancestors(class_)[1:]),
            options=_class_options(class_),
        )

    def _name(self, class_: Scope) -> str | None:
        values = self._resolver.attribute(ClassValue(class_), "name") if "name" in class_.bindings else ()
        return next((each.text for each in values if isinstance(each, Text)), None)

    def _instance(self, call: ast.Call, scope: Scope) -> Declaration:
        written = ast.unparse(call.args[0].func if isinstance(call.args[0], ast.Call) else call.args[0])
        name = f"{scope.module.name}.{written.rpartition('.')[2]}"
        return Declaration(
            framework="celery",
            name=name,
            qualified_name=name,
            module=scope.module,
            node=call,
            declared_by=f"{ast.unparse(call.func)}()",
            is_async=False,
            bind=True,
            body=None,
            through=self._resolver.evaluate(call.args[0], scope),
        )


def _is_of_itself(expression: ast.expr) -> bool:
    """True for what a class says of itself: its subclasses register themselves, it does not."""
    return any(isinstance(node, ast.Name) and node.id in {"cls", "self"} for node in ast.walk(expression))


def _class_options(class_: Scope) -> tuple[Option, ...]:
    """What a class sets on itself reads like the options of a decorator."""
    return tuple(
        Option(name, binding.value, class_)
        for name, bindings in class_.bindings.items()
        for binding in bindings
        if isinstance(binding, Assigned) and binding.value is not None
    )
