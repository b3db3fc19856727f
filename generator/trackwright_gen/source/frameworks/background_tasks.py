"""FastAPI's and Starlette's BackgroundTasks: work after the response, in the server's own process."""

import re

from trackwright_gen.source.callables import Given, Ways, called, made_by, method_of
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.values import ParameterValue, Unknown, Value, external_name

SHAPES = re.compile(rb"\.add_task\s*\(|\bBackgroundTask\s*\(")
HINTS = (b".add_task", b"BackgroundTask(")
PACKAGES = frozenset({"fastapi", "starlette"})
_TASKS = re.compile(r"(?:fastapi|starlette)(?:\.\w+)*\.BackgroundTasks")
_TASK = re.compile(r"(?:fastapi|starlette)(?:\.\w+)*\.BackgroundTask")


def ways(_names: Resolver) -> Ways:
    """How work is handed over to run after a response."""

    def is_ours(value: Value) -> bool:
        owner = method_of(value, "add_task")
        if owner is None:
            return bool(_TASK.fullmatch(external_name(value) or ""))
        if isinstance(owner, ParameterValue | Unknown):
            return called(owner) in {"background_tasks", "bg_tasks", "backgroundtasks"}
        return bool(_TASKS.fullmatch(made_by(owner)))

    return Ways(
        "background_tasks", given=(Given(is_ours, ("add_task", "BackgroundTask"), keywords=("func",)),)
    )
