"""Which values are Celery apps, and which turn the function they are given into a task."""

import ast
from dataclasses import dataclass

from trackwright_gen.source.frameworks.celery.naming import (
    APP_CLASSES,
    APP_GETTERS,
    APPS,
    REGISTRARS,
    TASK_CLASSES,
    TRACKWRIGHT_BASE,
    TRACKWRIGHT_DECORATOR,
    is_foreign,
    is_like_app,
    is_like_registrar,
)
from trackwright_gen.source.jobs import Option
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.values import (
    External,
    FunctionValue,
    InstanceValue,
    Made,
    Member,
    Missing,
    ParameterValue,
    Unknown,
    Value,
    external_name,
)

_APP_TASKS = frozenset(f"{app}.task" for app in APPS)


@dataclass(frozen=True, slots=True)
class Registrar:
    """Something that makes a task of a function; `sure` if its origin is known, not only its name."""

    sure: bool
    options: tuple[Option, ...] = ()


class CeleryObjects:
    """Tells Celery's apps, decorators and task classes among resolved values."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._registrars: dict[Value, Registrar | None] = {}

    def app(self, value: Value) -> bool | None:
        """True: surely a Celery app; False: by its name; None: not one."""
        match value:
            case Made(by, _, _):
                return self._made_app(by)
            case InstanceValue(scope):
                known = any(_is_app_class(external_name(each)) for each in self._resolver.ancestors(scope))
                return True if known else None
            case Member(of, name):
                return None if self.registrar(of) else _by_name(name, external_name(value))
            case External(dotted) | Missing(dotted):
                return True if dotted in APPS else _by_name(dotted, dotted)
            case ParameterValue(name, scope):
                return None if _mixes(scope.module) else _by_name(name, None)
            case Unknown(name):
                return _by_name(name, None)
            case _:
                return None

    def _made_app(self, by: Value) -> bool | None:
        dotted = external_name(by)
        if _is_app_class(dotted) or dotted in APP_GETTERS:
            return True
        match by:
            case Member(of, "_get_current_object"):
                return self.app(of)
            case FunctionValue(scope):
                return _by_name(scope.name, None)
            case External() | Missing() | Unknown() | Member():
                name = dotted or (by.name if isinstance(by, Unknown | Member) else "")
                # A class or getter of that name; `app(...)` itself makes no app.
                return False if "celery" in name.rpartition(".")[2].lower() and not is_foreign(name) else None
            case _:
                return None

    def registers(self, value: Value) -> bool:
        """True for what makes a task of a function."""
        return self.registrar(value) is not None

    def registrar(self, value: Value) -> Registrar | None:
        """How a value makes tasks, if it does."""
        if value not in self._registrars:
            # While it is being found out, `job = partial(job, ...)` proves nothing about itself.
            self._registrars[value] = None
            self._registrars[value] = self._find_registrar(value)
        return self._registrars[value]

    def _find_registrar(self, value: Value) -> Registrar | None:
        match value:
            case Member(of, "task"):
                app = self.app(of)
                return None if app is None else Registrar(app)
            case External(dotted) | Missing(dotted):
                return _registrar_by_name(dotted)
            case FunctionValue(Scope(name="task"), Scope() as owner):
                # An app class of the project that adds options of its own.
                return Registrar(sure=True) if self.app(InstanceValue(owner)) else None
            case Unknown(name):
                return Registrar(sure=False) if is_like_registrar(name) else None
            case Made(by, ast.Call() as call, scope):
                return self._called(by, call, scope)
            case _:
                return None

    def _called(self, by: Value, call: ast.Call, scope: Scope) -> Registrar | None:
        options = options_of(call, scope)
        if external_name(by) == "functools.partial" and call.args:
            inner = [self.registrar(each) for each in self._resolver.evaluate(call.args[0], scope)]
            return next((Registrar(each.sure, each.options + options) for each in inner if each), None)
        known = self.registrar(by)
        return Registrar(known.sure, known.options + options) if known else None

    def is_task_class(self, value: Value) -> bool:
        """True for celery.Task, its relatives outside the project, and `app.Task`."""
        match value:
            case Member(of, "Task"):
                return self.app(of) is not None
            case External(dotted):
                return bool(TASK_CLASSES.fullmatch(dotted) or TRACKWRIGHT_BASE.fullmatch(dotted))
            case _:
                return False


def options_of(call: ast.Call, scope: Scope) -> tuple[Option, ...]:
    """The keyword arguments of a call."""
    return tuple(Option(each.arg, each.value, scope) for each in call.keywords if each.arg)


def _registrar_by_name(dotted: str) -> Registrar | None:
    if dotted in REGISTRARS or dotted in _APP_TASKS or TRACKWRIGHT_DECORATOR.fullmatch(dotted):
        return Registrar(sure=True)
    if is_foreign(dotted) or not is_like_registrar(dotted):
        return None
    return Registrar(sure=False)


def _is_app_class(dotted: str | None) -> bool:
    if dotted is None or is_foreign(dotted):
        return False
    last = dotted.rpartition(".")[2]
    return dotted in APP_CLASSES or (last[:1].isupper() and "Celery" in last)


def _by_name(name: str, dotted: str | None) -> bool | None:
    if dotted is not None and is_foreign(dotted):
        return None
    return False if is_like_app(name) else None


def _mixes(module: Module) -> bool:
    """True for a module of another framework: its `app` parameters are not Celery's."""
    return any(is_foreign(package) for package in module.imported_packages)
