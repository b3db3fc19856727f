"""Huey: `@huey.task()`, `@huey.periodic_task(...)` and Django's shortcuts."""

import re
from collections.abc import Iterator

from trackwright_gen.source.callables import decorated, made_by, method_of
from trackwright_gen.source.jobs import Declaration
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.values import Value, external_name

SHAPES = re.compile(rb"\bhuey\b")
HINTS = (b"huey",)
_APPS = re.compile(r"huey(?:\.\w+)*\.\w*Huey|huey\.contrib\.djhuey\.HUEY")
_DECORATORS = re.compile(
    r"huey\.contrib\.djhuey\.(?:db_)?(?:periodic_)?task|huey\.contrib\.djhuey\.on_commit_task"
)


def read_jobs(names: Resolver, module: Module) -> Iterator[Declaration]:
    """The tasks of a module."""

    def is_ours(value: Value) -> bool:
        app = method_of(value, "task", "periodic_task")
        return bool(_DECORATORS.fullmatch(external_name(value) or "") or _APPS.fullmatch(made_by(app)))

    yield from decorated("huey", names, module, is_ours)
