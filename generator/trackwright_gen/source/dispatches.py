"""Calls that send a job's message: `delay`, `apply_async`, signatures, by name, and beat schedules."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from trackwright_gen.source.jobs import Job
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.search import Search
from trackwright_gen.source.values import ClassValue, FunctionValue, InstanceValue, Text, Value

How = Literal["delay", "apply_async", "send_task", "s", "si", "signature", "beat"]
_METHODS: dict[str, How] = {
    "delay": "delay",
    "apply_async": "apply_async",
    "s": "s",
    "si": "si",
    "signature": "signature",
    "subtask": "signature",
}
_SHAPE = re.compile(
    rb"\.(?:delay|apply_async|send_task|s|si|signature|subtask)\s*\(|beat_schedule|BEAT_SCHEDULE"
)
_WORD = re.compile(rb"\w+")
_HINTS = (
    b".delay",
    b".apply_async",
    b"send_task",
    b".s(",
    b".si(",
    b"signature",
    b"subtask",
    b"chedule",
    b"CHEDULE",
)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One place that sends a job's message, now or later."""

    how: How
    job: Job
    node: ast.Call | ast.Dict
    scope: Scope

    @property
    def sends(self) -> bool:
        """True if the message leaves here and now."""
        return self.how in {"delay", "apply_async", "send_task"}


class Dispatches:
    """Finds dispatches of known jobs; what cannot be told to be one is none."""

    def __init__(self, resolver: Resolver, search: Search, jobs: Sequence[Job]) -> None:
        self._resolver = resolver
        self._search = search
        self._by_body = {job.declaration.body: job for job in jobs if job.declaration.body is not None}
        self._by_name = {job.name: job for job in jobs} | {job.qualified_name: job for job in jobs}

    def all(self) -> tuple[Dispatch, ...]:
        """Every dispatch of the files that are reported on."""
        return self._all

    @cached_property
    def _all(self) -> tuple[Dispatch, ...]:
        found: list[Dispatch] = []
        for module in self._modules():
            sent = [*self._called(module), *self._scheduled(module)]
            if sent:
                self._search.keep(module)
            found += sent
        return tuple(found)

    def _called(self, module: Module) -> Iterator[Dispatch]:
        for scope in module.scope.walk():
            for call in scope.calls:
                found = self.of_call(call, scope)
                if found is not None:
                    yield found

    def _modules(self) -> Iterator[Module]:
        """The files that can name a job: by its own name, or by a package on the way to it."""
        words = {
            word for name in self._by_name for word in _WORD.findall(name.encode(errors="surrogatepass"))
        }
        return self._search.modules(_SHAPE, hints=_HINTS, beside=frozenset(words))

    def of_call(self, call: ast.Call, scope: Scope) -> Dispatch | None:
        """The dispatch that a call is."""
        match call.func:
            case ast.Attribute(value=task, attr=name) if name in _METHODS:
                job = self.job_of(task, scope)
                return Dispatch(_METHODS[name], job, call, scope) if job else None
            case ast.Attribute(attr="send_task") if call.args:
                job = self._by_text(call.args[0], scope)
                return Dispatch("send_task", job, call, scope) if job else None
            case _:
                return None

    def job_of(self, task: ast.expr, scope: Scope) -> Job | None:
        """The job that an expression stands for."""
        return self._job(self._resolver.evaluate(task, scope)) or self._named(task, scope)

    def _job(self, values: Iterable[Value]) -> Job | None:
        for value in values:
            match value:
                case FunctionValue(body, _) | ClassValue(body) | InstanceValue(body):
                    if body in self._by_body:
                        return self._by_body[body]
                case _:
                    pass
        return None

    def _named(self, task: ast.expr, scope: Scope) -> Job | None:
        """`app.tasks["name"]` and `signature("name")`."""
        match task:
            case ast.Subscript(value=ast.Attribute(attr="tasks"), slice=name):
                return self._by_text(name, scope)
            case _:
                return None

    def _by_text(self, expression: ast.expr, scope: Scope) -> Job | None:
        for value in self._resolver.evaluate(expression, scope):
            if isinstance(value, Text) and value.text in self._by_name:
                return self._by_name[value.text]
        return None

    def _scheduled(self, module: Module) -> Iterator[Dispatch]:
        if not any("beat_schedule" in line.lower() for line in module.lines):
            return
        for node in ast.walk(module.scope.node):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "task":
                        job = self._by_text(value, module.scope)
                        if job is not None:
                            yield Dispatch("beat", job, node, module.scope)
