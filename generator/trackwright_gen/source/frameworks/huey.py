"""Huey: `@huey.task()`, `@huey.periodic_task(...)` and Django's shortcuts."""

import re

from trackwright_gen.source.callables import Ways, made_by, method_of
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.values import Value, external_name

SHAPES = re.compile(rb"\b(?:django_)?huey\b|\bHUEY\b|^[ \t]*@[\w.]+\.(?:periodic_)?task\b", re.MULTILINE)
HINTS = (b"huey", b"HUEY", b"task")
PACKAGES = frozenset({"huey", "django_huey"})
_NAMES = ("task", "periodic_task", "db_task", "db_periodic_task", "on_commit_task")
_APPS = re.compile(r"huey(?:\.\w+)*\.\w*Huey|huey\.contrib\.djhuey\.HUEY")
_DECORATORS = re.compile(
    r"(?:huey\.contrib\.djhuey|django_huey)\.(?:HUEY\.)?(?:(?:db_)?(?:periodic_)?task|on_commit_task)"
)


def ways(_names: Resolver) -> Ways:
    """How Huey is given its tasks."""

    def is_ours(value: Value) -> bool:
        app = method_of(value, "task", "periodic_task")
        return bool(_DECORATORS.fullmatch(external_name(value) or "") or _APPS.fullmatch(made_by(app)))

    return Ways("huey", is_ours, _NAMES)
