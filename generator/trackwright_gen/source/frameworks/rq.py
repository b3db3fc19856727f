"""RQ: `@job`, `queue.enqueue(fn)`, django-rq and rq-scheduler."""

import re

from trackwright_gen.source.callables import Given, Ways, called, made_by, method_of
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.values import InstanceValue, Value, external_name

SHAPES = re.compile(
    rb"\bdjango_rq\b|\brq\.decorators\b|\.enqueue(?:_call|_at|_in)?\s*\(|\bflask_rq2?\b|\brq_scheduler\b"
)
HINTS = (b"rq", b".enqueue")
PACKAGES = frozenset({"rq", "django_rq", "flask_rq", "flask_rq2", "rq_scheduler"})
_DECORATORS = frozenset(
    {"rq.decorators.job", "rq.job", "django_rq.job", "django_rq.decorators.job", "flask_rq.job"}
)
_FUNCTIONS = frozenset({"django_rq.enqueue", "django_rq.queues.enqueue"})
_NAMES = ("enqueue", "enqueue_call", "enqueue_at", "enqueue_in", "schedule", "cron")
_QUEUES = re.compile(r"(?:rq(?:\.queue)?\.Queue|django_rq(?:\.queues)?\.get_queue|flask_rq\.get_queue)")
_APPS = re.compile(r"flask_rq2(?:\.\w+)*\.RQ")
_SCHEDULERS = re.compile(r"rq_scheduler(?:\.\w+)*\.Scheduler|django_rq(?:\.\w+)*\.get_scheduler")


def ways(names: Resolver) -> Ways:
    """How RQ is given its jobs."""

    def is_queue(value: Value | None) -> bool:
        if isinstance(value, InstanceValue):
            return any(_QUEUES.fullmatch(external_name(each) or "") for each in names.ancestors(value.scope))
        return bool(_QUEUES.fullmatch(made_by(value)))

    def decorates(value: Value) -> bool:
        app = method_of(value, "job")
        return (external_name(value) or "") in _DECORATORS or bool(_APPS.fullmatch(made_by(app)))

    def takes_first(value: Value) -> bool:
        cron = method_of(value, "schedule", "cron")
        return (
            external_name(value) in _FUNCTIONS
            or is_queue(method_of(value, "enqueue", "enqueue_call"))
            or bool(cron is not None and _SCHEDULERS.fullmatch(made_by(cron)))
        )

    def takes_second(value: Value) -> bool:
        owner = method_of(value, "enqueue_at", "enqueue_in")
        return is_queue(owner) or bool(owner is not None and _SCHEDULERS.fullmatch(made_by(owner)))

    return Ways(
        "rq",
        decorates,
        telling=("job",),
        given=(
            Given(takes_first, _NAMES, keywords=("func", "f"), in_module=_is_named_queue),
            Given(takes_second, _NAMES, position=1, keywords=("func",)),
        ),
    )


def _is_named_queue(value: Value, module: Module) -> bool:
    """True for a queue by its name, in a module that imports RQ."""
    return "queue" in called(method_of(value, "enqueue", "enqueue_call")) and "rq" in module.imported_packages
