"""FastAPI's and Starlette's BackgroundTasks: work after the response, in the server's own process."""

import re
from collections.abc import Iterator

from trackwright_gen.source.callables import called, given, made_by, method_of
from trackwright_gen.source.jobs import Declaration
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.values import ParameterValue, Unknown, Value, external_name

SHAPES = re.compile(rb"\.add_task\s*\(|\bBackgroundTask\s*\(")
HINTS = (b".add_task", b"BackgroundTask(")
_NAMES = ("add_task", "BackgroundTask")
_TASKS = re.compile(r"(?:fastapi|starlette)(?:\.\w+)*\.BackgroundTasks")
_TASK = re.compile(r"(?:fastapi|starlette)(?:\.\w+)*\.BackgroundTask")


def read_jobs(names: Resolver, module: Module) -> Iterator[Declaration]:
    """The functions of a module's files that run after a response."""

    def is_ours(value: Value) -> bool:
        owner = method_of(value, "add_task")
        if owner is None:
            return bool(_TASK.fullmatch(external_name(value) or ""))
        if isinstance(owner, ParameterValue | Unknown):
            return called(owner) in {"background_tasks", "bg_tasks", "backgroundtasks"}
        return bool(_TASKS.fullmatch(made_by(owner)))

    yield from given("background_tasks", names, module, is_ours, telling=_NAMES, keywords=("func",))
