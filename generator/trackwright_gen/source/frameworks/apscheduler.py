"""APScheduler: `add_job`, `add_schedule` and `@scheduler.scheduled_job`."""

import re

from trackwright_gen.source.callables import Given, Ways, called, made_by, method_of
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.values import FunctionValue, InstanceValue, Made, Value, external_name

SHAPES = re.compile(rb"\.(?:add_job|add_schedule|scheduled_job)\s*\(|@[\w.]*scheduler\.task\b")
HINTS = (b"add_job", b"add_schedule", b"scheduled_job", b"scheduler.task")
PACKAGES = frozenset({"apscheduler", "flask_apscheduler"})
_SCHEDULERS = re.compile(r"(?:flask_)?apscheduler(?:\.\w+)*\.\w*Scheduler")


def ways(names: Resolver) -> Ways:
    """How APScheduler is given its jobs."""

    def is_scheduler(value: Value | None) -> bool:
        match value:
            case InstanceValue(scope):
                return any(
                    _SCHEDULERS.fullmatch(external_name(each) or "") for each in names.ancestors(scope)
                )
            case None | Made(FunctionValue(), _, _):
                return False
            case Made():
                return bool(_SCHEDULERS.fullmatch(made_by(value)))
            case _:
                return "sched" in called(value)

    def takes_function(value: Value) -> bool:
        return is_scheduler(method_of(value, "add_job", "add_schedule"))

    def decorates(value: Value) -> bool:
        return is_scheduler(method_of(value, "scheduled_job")) or bool(
            _SCHEDULERS.fullmatch(made_by(method_of(value, "task")))
        )

    return Ways(
        "apscheduler",
        decorates,
        ("scheduled_job", "task"),
        (Given(takes_function, ("add_job", "add_schedule"), keywords=("func", "func_or_task_id")),),
    )
