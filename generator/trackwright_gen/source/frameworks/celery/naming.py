"""Celery's own names, and when something unresolved may pass for one of its objects."""

import re
from typing import Final

APP_CLASSES: Final = frozenset({"celery.Celery", "celery.app.Celery", "celery.app.base.Celery"})
APPS: Final = frozenset(
    {"celery.current_app", "celery._state.current_app", "celery.app.default_app", "celery._state.default_app"}
)
APP_GETTERS: Final = frozenset(
    {
        *(
            "celery._state.get_current_app",
            "celery.app.app_or_default",
            "celery.current_app._get_current_object",
        ),
        *("celery._state._get_current_app", "celery.bin.base.find_app", "celery.app.utils.find_app"),
    }
)
REGISTRARS: Final = frozenset(
    {
        *("celery.shared_task", "celery.app.shared_task", "celery.task", "celery.task.task"),
        *("celery.task.base.task", "celery.task.periodic_task", "celery.task.base.periodic_task"),
        *("celery.decorators.task", "celery.decorators.periodic_task"),
    }
)
TASK_CLASSES: Final = re.compile(
    r"celery\.(?:app\.(?:task|base)\.|task\.(?:base\.)?)?(?:Periodic)?Task"
    r"|celery\.contrib\.abortable\.AbortableTask"
    r"|\w*celery\w*(?:\.\w+)*\.(?:\w*Task|QueueOnce|Singleton|Batches)"
)
TRACKWRIGHT_DECORATOR: Final = re.compile(r"trackwright(?:\.\w+)*\.tracked_task")
TRACKWRIGHT_BASE: Final = re.compile(r"trackwright(?:\.\w+)*\.TrackedTask")
TELLING: Final = (
    r"task|(?:shared|periodic|tracked|register)_task|\w*[Cc]elery\w*task|\w*Task|QueueOnce|Singleton|Batches"
)
"""What registrars and task classes go by that are not the project's own."""

OTHER_FRAMEWORKS: Final = frozenset(
    {
        *("airflow", "arq", "crewai", "dagster", "django_tasks", "dramatiq", "faust", "flask_apscheduler"),
        *("flytekit", "huey", "invoke", "locust", "luigi", "metaflow", "mode", "nox", "parsl", "prefect"),
        *(
            "procrastinate",
            "pycompss",
            "ray",
            "repid",
            "robocorp",
            "rocketry",
            "saq",
            "streaq",
            "taskiq",
            "wakaq",
        ),
    }
)
"""Packages whose decorators are called `task` as well."""


def is_like_app(name: str) -> bool:
    """True if an object that cannot be resolved goes by a name that Celery apps have."""
    last = name.rpartition(".")[2].lower()
    return last in {"app", "capp"} or "celery" in last


def is_like_registrar(dotted: str) -> bool:
    """True if a function that cannot be resolved goes by a name that only Celery's decorators have."""
    owner, _, last = dotted.rpartition(".")
    if last in {"shared_task", "periodic_task"} or ("celery" in last and last.endswith("task")):
        return True
    return last == "task" and bool(owner) and is_like_app(owner)


def is_foreign(dotted: str) -> bool:
    """True for what belongs to another framework."""
    return dotted.partition(".")[0] in OTHER_FRAMEWORKS
