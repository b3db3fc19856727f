"""The task: a name Python allows, times that fit each other, exceptions that can be imported."""

import builtins
import keyword
from collections.abc import Iterator

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.generated_names import CLASSES
from trackwright_gen.spec.model import DomainSpec, TaskSpec
from trackwright_gen.spec.naming import KINDS, LONGEST_IDENTIFIER
from trackwright_gen.spec.places import Places


def task_errors(spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    """Look at `task`."""
    task = spec.task
    prefix = spec.names.class_
    if prefix and (taken := sorted(CLASSES & {f"{prefix}{kind}" for kind in KINDS})):
        yield places.error(
            ("names", "class"), f"the class {taken[0]} is there already, in trackwright itself"
        )
    if task.name and keyword.iskeyword(task.name):
        yield places.error(("task", "name"), f"{task.name!r} is a keyword of Python", hint=f"run_{task.name}")
    if task.name and len(task.name) > LONGEST_IDENTIFIER:
        yield places.error(
            ("task", "name"),
            f"a task's name has at most {LONGEST_IDENTIFIER} characters, not {len(task.name)}",
        )
    yield from _time_errors(task, places)
    yield from _exception_errors(task, places)


def _time_errors(task: TaskSpec, places: Places) -> Iterator[ToolError]:
    soft, hard = task.timeout.soft, task.timeout.hard
    for key, seconds in (("soft", soft), ("hard", hard)):
        if seconds == 0:
            yield places.error(("task", "timeout", key), "a time limit of nothing stops every task at once")
    if soft and hard and soft >= hard:
        yield places.error(
            ("task", "timeout", "soft"),
            "the soft limit is not below the hard one, so it would never be noticed",
        )
    if task.stale_after == 0:
        yield places.error(("task", "stale_after"), "stale_after: 0s takes every running row for a dead one")
    elif task.stale_after and hard and task.stale_after <= hard:
        yield places.error(
            ("task", "stale_after"),
            "stale_after is not above the hard time limit: a row that still runs would count as dead",
        )
    if task.retry.cap < task.retry.base:
        key = "cap" if places.has(("task", "retry", "cap")) else "base"
        yield places.error(
            ("task", "retry", key), f"the cap ({task.retry.cap}s) is below the base ({task.retry.base}s)"
        )


def _exception_errors(task: TaskSpec, places: Places) -> Iterator[ToolError]:
    for key, names in (("retry_on", task.retry.retry_on), ("give_up_on", task.retry.give_up_on)):
        for position, name in enumerate(names):
            path = ("task", "retry", key, position)
            if any(keyword.iskeyword(part) for part in name.split(".")):
                yield places.error(path, f"{name!r} has a keyword of Python in it")
            elif "." not in name and not _is_builtin_exception(name):
                yield places.error(
                    path,
                    f"{name!r} is no exception of Python's own",
                    hint="name its module: requests.ConnectionError",
                )
            elif name in names[:position]:
                yield places.error(path, f"{name!r} stands here twice")
            elif key == "give_up_on" and name in task.retry.retry_on:
                yield places.error(path, f"{name!r} is also in retry_on", hint="keep one")


def _is_builtin_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)
