"""Celery: every way a project can declare a task, told apart from what only looks like one."""

import re
from collections.abc import Iterable, Iterator, Sequence

from trackwright_gen.source.frameworks.celery.classes import TaskClasses
from trackwright_gen.source.frameworks.celery.declarations import Declarations
from trackwright_gen.source.frameworks.celery.naming import TELLING
from trackwright_gen.source.frameworks.celery.registrars import CeleryObjects
from trackwright_gen.source.jobs import Declaration
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.telling import Telling
from trackwright_gen.source.wrappers import Wrappers

SHAPES = re.compile(
    rb"^[ \t]*@[\w.]*task\b"  # a decorator of that name
    rb"|\.task\s*\("  # app.task(fn)
    rb"|=\s*[\w.()]+\.task\s*(?:#.*)?$"  # task = app.task
    rb"|\b(?:shared|periodic|tracked)_task\b"
    rb"|\bTask[ \t]+as\b"
    rb"|\bregister_task\b|\btasks\.register\b"
    rb"|^[ \t]*class[ \t]+\w+\([^)]*(?:\b\w*Task|\bQueueOnce|\bSingleton|\bBatches)\b",
    re.MULTILINE,
)
HINTS = (b"task", b"Task", b"QueueOnce", b"Singleton", b"Batches")
"""One of these is in whatever the shapes match."""
_ALREADY_A_SHAPE = frozenset({"task", "shared_task", "periodic_task", "tracked_task", "register_task"})


class Celery:
    """Reads Celery's tasks out of parsed modules."""

    shapes = SHAPES
    hints = HINTS

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._objects = CeleryObjects(resolver)
        self._wrappers = Wrappers(resolver, self._objects.registers, Telling((), TELLING))

    def learn(self, names: Iterable[str]) -> None:
        """Take in names that were found to lead to tasks."""
        self._wrappers.learn(names)

    def leads(self, module: Module) -> Iterator[str]:
        """Names of a module that declare tasks in files whose bytes show nothing else."""
        for function in module.functions:
            # What is defined in a function cannot be named elsewhere.
            if function.parent is None or function.parent.kind == "function":
                continue
            name = function.parent.name if function.name.startswith("__") else function.name
            if name not in _ALREADY_A_SHAPE and self._wrappers.is_wrapper(function):
                yield name
        known = TaskClasses(self._resolver, self._objects, self._wrappers, ())
        for class_ in module.classes:
            if known.is_task_class(class_) or known.registers_subclasses(class_):
                yield class_.name
            if any(
                child.name == "__init_subclass__" and self._wrappers.registers_something(child)
                for child in class_.children
            ):
                yield class_.name
        yield from (name for name in self._wrappers.aliases_in(module) if name not in _ALREADY_A_SHAPE)

    def declarations(self, modules: Sequence[Module], reported: Sequence[Module]) -> Iterator[Declaration]:
        """All tasks of some modules, each once, knowing all modules that were read."""
        functions = Declarations(self._resolver, self._objects, self._wrappers)
        classes = TaskClasses(self._resolver, self._objects, self._wrappers, modules)
        for module in reported:
            yield from functions.decorated(module)
            yield from functions.called(module)
            yield from classes.declared(module)
