"""Result backends of the project's own: Celery hands them the state of every task whose result is kept."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trackwright_gen.source.jobs import Declaration, Evidence
from trackwright_gen.source.moves import Statuses
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Assigned, Module, Scope
from trackwright_gen.source.statuses import ENDED, STARTED
from trackwright_gen.source.values import ClassValue, external_name

BACKEND_HINTS = (b"celery.backends", b"celery_results.backends")
BACKEND_SHAPES = re.compile(rb"\b(?:django_)?celery(?:_results)?\.backends\b")
_BASES = re.compile(r"(?:django_)?celery(?:_results)?\.backends(?:\.\w+)*\.\w*(?:Backend|BackendMixin)")
_WRITES = ("store_result", "_store_result", "mark_as_started", "mark_as_done", "mark_as_failure")
_STATE_NAMES = ("state", "status")
_STATES = frozenset({STARTED, *ENDED})
_MODELS = ("task_cls", "TaskModel")
"""Where Celery's and Django's backends for databases take their model from."""


@dataclass(frozen=True, slots=True)
class BackendWrite:
    """A method that Celery gives a task's state, and what its parameters hold then."""

    method: Scope
    given: Statuses


@dataclass(frozen=True, slots=True)
class ResultBackend:
    """A backend that the project wrote."""

    writes: tuple[BackendWrite, ...]
    models: tuple[tuple[Scope, Evidence], ...]
    """Classes that the code it inherits writes for it, and where it names them."""


def result_backends(resolver: Resolver, modules: Iterable[Module]) -> Iterator[ResultBackend]:
    """The backends among the classes of some modules."""
    for module in modules:
        for class_ in module.classes:
            # Who its ancestors are takes reading other files: only classes that could tell something are asked.
            if _could_tell(class_) and any(
                _BASES.fullmatch(external_name(each) or "") for each in resolver.ancestors(class_)
            ):
                yield ResultBackend(tuple(_writes(class_)), tuple(_models(resolver, class_)))


def _could_tell(class_: Scope) -> bool:
    return any(method.name in _WRITES for method in class_.children) or any(
        name in class_.bindings for name in _MODELS
    )


def keeps_result(job: Declaration) -> bool:
    """False for what Celery tells no backend of: other frameworks' jobs, and `ignore_result=True`."""
    return job.framework == "celery" and not any(
        option.name == "ignore_result"
        and isinstance(option.value, ast.Constant)
        and option.value.value is True
        for option in job.options
    )


def _writes(class_: Scope) -> Iterator[BackendWrite]:
    for method in class_.children:
        if method.name in _WRITES and isinstance(method.node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = method.node.args
            names = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
            yield BackendWrite(method, {each: _STATES for each in _STATE_NAMES if each in names})


def _models(resolver: Resolver, class_: Scope) -> Iterator[tuple[Scope, Evidence]]:
    for name in _MODELS:
        for binding in class_.bindings.get(name, ()):
            if isinstance(binding, Assigned) and binding.value is not None:
                for each in resolver.evaluate(binding.value, class_):
                    if isinstance(each, ClassValue):
                        what = f"{class_.name}.{name} = {each.scope.name}"
                        yield each.scope, Evidence(class_.module.path, binding.value.lineno, what)
