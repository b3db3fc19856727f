"""Procrastinate: `@app.task`, a blueprint's, and `@app.periodic` above it."""

import re
from collections.abc import Iterator

from trackwright_gen.source.callables import decorated, made_by, method_of
from trackwright_gen.source.jobs import Declaration
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.values import Value, external_name

SHAPES = re.compile(rb"\bprocrastinate\b|^[ \t]*@[\w.]+\.task\b", re.MULTILINE)
HINTS = (b"procrastinate", b".task")
_APPS = re.compile(r"procrastinate(?:\.\w+)*\.(?:App|Blueprint)")
_TASKS = frozenset(
    {"procrastinate.contrib.django.app.task", "procrastinate.contrib.django.procrastinate_app.app.task"}
)


def read_jobs(names: Resolver, module: Module) -> Iterator[Declaration]:
    """The tasks of a module."""

    def is_ours(value: Value) -> bool:
        app = method_of(value, "task")
        return bool(external_name(value) in _TASKS or _APPS.fullmatch(made_by(app)))

    yield from decorated("procrastinate", names, module, is_ours)
