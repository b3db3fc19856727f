"""Procrastinate: `@app.task`, a blueprint's, and `@app.periodic` above it."""

import re

from trackwright_gen.source.callables import Ways, made_by, method_of
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.values import Value, external_name

SHAPES = re.compile(rb"\bprocrastinate\b|^[ \t]*@[\w.]+\.task\b", re.MULTILINE)
HINTS = (b"procrastinate", b".task")
PACKAGES = frozenset({"procrastinate"})
_APPS = re.compile(r"procrastinate(?:\.\w+)*\.(?:App|Blueprint)")
_TASKS = frozenset(
    {"procrastinate.contrib.django.app.task", "procrastinate.contrib.django.procrastinate_app.app.task"}
)


def ways(_names: Resolver) -> Ways:
    """How Procrastinate is given its tasks."""

    def is_ours(value: Value) -> bool:
        app = method_of(value, "task")
        return bool(external_name(value) in _TASKS or _APPS.fullmatch(made_by(app)))

    return Ways("procrastinate", is_ours, ("task",))
