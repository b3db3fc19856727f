"""Whether a job is tracked: by its declaration, or by moving a row to PROCESSING and to an end."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trackwright_gen.source.domains import domain_of_model
from trackwright_gen.source.frameworks.celery.naming import TRACKWRIGHT_BASE, TRACKWRIGHT_DECORATOR
from trackwright_gen.source.jobs import Declaration, Evidence, Verdict
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import (
    ClassValue,
    External,
    FunctionValue,
    InstanceValue,
    Made,
    Missing,
    Text,
    Value,
    external_name,
)

_STARTED = "PROCESSING"
_ENDED = frozenset({"COMPLETED", "FAILED"})
_STATUSES = frozenset({"PENDING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"})
_DEPTH = 3
"""How many calls away from the body a row may be moved."""
_HOOKS = frozenset(
    {
        *("run", "__call__", "before_start", "on_success", "on_failure", "on_retry", "after_return"),
        *("__init__", "__enter__", "__exit__", "__aenter__", "__aexit__"),
    }
)
_Statuses = Mapping[str, frozenset[str]]
_NONE: _Statuses = {}


@dataclass(frozen=True, slots=True)
class _Move:
    """A call that moves a tracking row, and where to."""

    statuses: frozenset[str]
    evidence: Evidence
    model: Scope | None


class Tracking:
    """Judges declarations."""

    def __init__(self, resolver: Resolver, markers: Iterable[str]) -> None:
        self._resolver = resolver
        self._markers = frozenset(marker.replace(":", ".") for marker in markers)

    def judge(self, job: Declaration) -> Verdict:
        """Look for tracking, first in the declaration, then in what the body does."""
        declared = self._declared(job)
        if declared is not None:
            return declared
        moves = list(self._moves(job))
        reached = frozenset(status for move in moves for status in move.statuses)
        models = [move.model for move in moves if move.model is not None]
        evidence = tuple(dict.fromkeys(move.evidence for move in moves))
        return Verdict(
            tracked=_STARTED in reached and bool(reached & _ENDED),
            evidence=evidence,
            domain=domain_of_model(self._resolver, models[0]) if models else None,
        )

    # -- by declaration

    def _declared(self, job: Declaration) -> Verdict | None:
        for value in (*job.through, *self._bases(job)):
            name = _name_of(value)
            if name is None:
                continue
            if (
                TRACKWRIGHT_DECORATOR.fullmatch(name)
                or TRACKWRIGHT_BASE.fullmatch(name)
                or self._is_marker(name)
            ):
                evidence = Evidence(job.module.path, job.node.lineno, f"declared with {name}")
                return Verdict(tracked=True, evidence=(evidence,), domain=self._domain(job))
        return None

    def _is_marker(self, name: str) -> bool:
        return name in self._markers or name.rpartition(".")[2] in self._markers

    def _bases(self, job: Declaration) -> Iterator[Value]:
        for option in job.options:
            if option.name == "base":
                for value in self._resolver.evaluate(option.value, option.scope):
                    yield value
                    if isinstance(value, ClassValue):
                        yield from self._resolver.ancestors(value.scope)

    def _domain(self, job: Declaration) -> str | None:
        for expression, scope in self._models(job):
            for value in self._resolver.evaluate(expression, scope):
                if isinstance(value, ClassValue):
                    domain = domain_of_model(self._resolver, value.scope)
                    if domain is not None:
                        return domain
        return None

    def _models(self, job: Declaration) -> Iterator[tuple[ast.expr, Scope]]:
        """Where a tracked task names its model: `tracked_task(app, Model)` or `model=Model`."""
        for option in job.options:
            if option.name == "model":
                yield option.value, option.scope
        if job.body is not None and job.body.parent is not None:
            for decorator in job.body.decorators:
                if isinstance(decorator, ast.Call):
                    for argument in decorator.args:
                        yield argument, job.body.parent

    # -- by what the body does

    def _moves(self, job: Declaration) -> Iterator[_Move]:
        seen: set[tuple[Scope, tuple[tuple[str, frozenset[str]], ...]]] = set()
        for scope in self._starting_points(job):
            yield from self._follow(scope, _NONE, 0, seen)

    def _starting_points(self, job: Declaration) -> Iterator[Scope]:
        """The body; the decorators and wrappers around it; the hooks of the base classes."""
        if job.body is not None and job.body.kind == "function":
            yield job.body
        elif job.body is not None:
            yield from _hooks(job.body)
        for value in (*job.through, *self._bases(job)):
            match value:
                case FunctionValue(scope):
                    yield scope
                case ClassValue(scope):
                    yield from _hooks(scope)
                case _:
                    pass

    def _follow(
        self,
        function: Scope,
        given: _Statuses,
        depth: int,
        seen: set[tuple[Scope, tuple[tuple[str, frozenset[str]], ...]]],
    ) -> Iterator[_Move]:
        key = (function, tuple(sorted(given.items())))
        if key in seen:
            return
        seen.add(key)
        for scope in function.walk():
            for call in scope.calls:
                move = self._move(call, scope, given)
                if move is not None:
                    yield move
                elif depth < _DEPTH:
                    for target, passed in self._targets(call, scope, given):
                        yield from self._follow(target, passed, depth + 1, seen)

    def _targets(self, call: ast.Call, scope: Scope, given: _Statuses) -> Iterator[tuple[Scope, _Statuses]]:
        for value in self._resolver.evaluate(call.func, scope):
            match value:
                case FunctionValue(target, owner):
                    yield (
                        target,
                        self._passed(call, target, is_method=owner is not None, scope=scope, given=given),
                    )
                case ClassValue(target):
                    for hook in _hooks(target):
                        yield hook, _NONE
                case _:
                    pass
        for argument in call.args:
            # A function handed on is called by what it is handed to: asyncio.run(f()), wrap(f).
            if isinstance(argument, ast.Name | ast.Attribute):
                for value in self._resolver.evaluate(argument, scope):
                    if isinstance(value, FunctionValue) and not value.scope.decorators:
                        yield value.scope, _NONE

    def _passed(
        self, call: ast.Call, target: Scope, *, is_method: bool, scope: Scope, given: _Statuses
    ) -> dict[str, frozenset[str]]:
        if isinstance(target.node, ast.Module | ast.ClassDef):
            return {}
        names = [each.arg for each in (*target.node.args.posonlyargs, *target.node.args.args)][is_method:]
        pairs = [*zip(names, call.args, strict=False), *((each.arg, each.value) for each in call.keywords)]
        passed = {name: self._statuses(value, scope, given) for name, value in pairs if name}
        return {name: statuses for name, statuses in passed.items() if statuses}

    # -- moves

    def _move(self, call: ast.Call, scope: Scope, given: _Statuses) -> _Move | None:
        name = _called_name(call)
        if name == "handle_task_error":
            return self._made(call, scope, frozenset({"FAILED"}), name)
        if name == "update_task_status" or (name == "update_status" and self._is_on_tracking(call, scope)):
            values = (*call.args, *(each.value for each in call.keywords if each.arg == "status"))
            statuses = frozenset(status for each in values for status in self._statuses(each, scope, given))
            return self._made(call, scope, statuses, name) if statuses else None
        return None

    def _made(self, call: ast.Call, scope: Scope, statuses: frozenset[str], name: str) -> _Move:
        what = f"{name}({' | '.join(sorted(statuses))})"
        return _Move(
            statuses, Evidence(scope.module.path, call.lineno, what), self._service_model(call, scope)
        )

    def _is_on_tracking(self, call: ast.Call, scope: Scope) -> bool:
        """True for a tracking service; where the receiver is unknown, the names have to say so."""
        if not isinstance(call.func, ast.Attribute):
            return False
        receiver = call.func.value
        values = self._resolver.evaluate(receiver, scope)
        if any(self._is_service(value) for value in values):
            return True
        written = [receiver, *call.args[:1], *(each.value for each in call.keywords if each.arg != "status")]
        return any("track" in ast.unparse(each).lower() for each in written)

    def _is_service(self, value: Value) -> bool:
        match value:
            case InstanceValue(scope) | ClassValue(scope):
                names = [_name_of(each) for each in self._resolver.ancestors(scope)]
                return any(name is not None and "track" in name.rpartition(".")[2].lower() for name in names)
            case Made(External(dotted) | Missing(dotted), _, _):
                return "track" in dotted.rpartition(".")[2].lower()
            case _:
                return False

    def _service_model(self, call: ast.Call, scope: Scope) -> Scope | None:
        if not isinstance(call.func, ast.Attribute):
            return None
        for value in self._resolver.evaluate(call.func.value, scope):
            if isinstance(value, InstanceValue):
                for model in self._resolver.attribute(ClassValue(value.scope), "model"):
                    if isinstance(model, ClassValue):
                        return model.scope
        return None

    def _statuses(self, expression: ast.expr, scope: Scope, given: _Statuses) -> frozenset[str]:
        """The statuses that an expression may stand for, through constants, enums and parameters."""
        found: set[str] = set()
        for node in ast.walk(expression):
            match node:
                case ast.Constant(value=str(text)):
                    found.add(text.upper())
                case ast.Attribute(attr=name):
                    found.add(name.upper())
                case ast.Name(id=name):
                    found.add(name.upper())
                    found |= given.get(name, frozenset())
                    found |= {each.text.upper() for each in self._texts(node, scope)}
                case _:
                    pass
        return frozenset(found & _STATUSES)

    def _texts(self, name: ast.Name, scope: Scope) -> list[Text]:
        return [each for each in self._resolver.evaluate(name, scope) if isinstance(each, Text)]


def _hooks(class_: Scope) -> Iterator[Scope]:
    return (child for child in class_.children if child.name in _HOOKS)


def _called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _name_of(value: Value) -> str | None:
    match value:
        case ClassValue(scope) | FunctionValue(scope, _):
            return scope.dotted
        case Made(by, _, _):
            return _name_of(by)
        case _:
            return external_name(value)
