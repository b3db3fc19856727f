"""RQ: `@job`, `queue.enqueue(fn)`, django-rq and rq-scheduler."""

import re
from collections.abc import Iterator

from trackwright_gen.source.callables import called, decorated, given, made_by, method_of
from trackwright_gen.source.jobs import Declaration
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module
from trackwright_gen.source.values import InstanceValue, Value, external_name

SHAPES = re.compile(
    rb"\bdjango_rq\b|\brq\.decorators\b|\.enqueue(?:_call|_at|_in)?\s*\(|\bflask_rq2?\b|\brq_scheduler\b"
)
HINTS = (b"rq", b".enqueue")
_DECORATORS = frozenset(
    {"rq.decorators.job", "rq.job", "django_rq.job", "django_rq.decorators.job", "flask_rq.job"}
)
_FUNCTIONS = frozenset({"django_rq.enqueue", "django_rq.queues.enqueue"})
_NAMES = ("enqueue", "enqueue_call", "enqueue_at", "enqueue_in", "schedule", "cron")
_QUEUES = re.compile(r"(?:rq(?:\.queue)?\.Queue|django_rq(?:\.queues)?\.get_queue|flask_rq\.get_queue)")
_APPS = re.compile(r"flask_rq2(?:\.\w+)*\.RQ")
_SCHEDULERS = re.compile(r"rq_scheduler(?:\.\w+)*\.Scheduler|django_rq(?:\.\w+)*\.get_scheduler")


def read_jobs(names: Resolver, module: Module) -> Iterator[Declaration]:
    """The jobs of a module."""

    def is_queue(value: Value | None) -> bool:
        if isinstance(value, InstanceValue):
            return any(_QUEUES.fullmatch(external_name(each) or "") for each in names.ancestors(value.scope))
        return bool(_QUEUES.fullmatch(made_by(value)))

    def decorates(value: Value) -> bool:
        app = method_of(value, "job")
        return (external_name(value) or "") in _DECORATORS or bool(_APPS.fullmatch(made_by(app)))

    def takes_first(value: Value) -> bool:
        queue = method_of(value, "enqueue", "enqueue_call")
        by_name = "queue" in called(queue) and "rq" in module.imported_packages
        cron = method_of(value, "schedule", "cron")
        return (
            external_name(value) in _FUNCTIONS
            or is_queue(queue)
            or by_name
            or bool(cron is not None and _SCHEDULERS.fullmatch(made_by(cron)))
        )

    def takes_second(value: Value) -> bool:
        owner = method_of(value, "enqueue_at", "enqueue_in")
        return is_queue(owner) or bool(owner is not None and _SCHEDULERS.fullmatch(made_by(owner)))

    yield from decorated("rq", names, module, decorates)
    yield from given("rq", names, module, takes_first, telling=_NAMES, keywords=("func", "f"))
    yield from given("rq", names, module, takes_second, telling=_NAMES, position=1, keywords=("func",))
