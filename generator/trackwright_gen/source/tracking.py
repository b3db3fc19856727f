"""Whether a job is tracked: by its declaration, or by moving a row to PROCESSING and to an end."""

import ast
from collections.abc import Iterable, Iterator, Sequence

from trackwright_gen.source.domains import domain_of_model
from trackwright_gen.source.frameworks.celery.naming import TRACKWRIGHT_BASE, TRACKWRIGHT_DECORATOR
from trackwright_gen.source.frameworks.celery.signals import Handler
from trackwright_gen.source.jobs import Declaration, Evidence, Verdict
from trackwright_gen.source.moves import ENDED, NOTHING, STARTED, Move, Moves, Statuses, name_of
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import ClassValue, FunctionValue, Value

DEPTH = 3
"""How many calls away from the body a row may be moved."""
_HOOKS = frozenset(
    {
        *("run", "__call__", "before_start", "on_success", "on_failure", "on_retry", "after_return"),
        *("__init__", "__enter__", "__exit__", "__aenter__", "__aexit__"),
    }
)
_Seen = set[tuple[Scope, tuple[tuple[str, frozenset[str]], ...]]]


class Tracking:
    """Judges declarations, and says what calls do to tracking rows."""

    def __init__(self, resolver: Resolver, markers: Iterable[str], handlers: Sequence[Handler] = ()) -> None:
        self._resolver = resolver
        self._moves = Moves(resolver)
        self._markers = frozenset(marker.replace(":", ".") for marker in markers)
        self._handlers = handlers
        self._effects: dict[tuple[ast.Call, Scope], frozenset[str]] = {}

    def judge(self, job: Declaration) -> Verdict:
        """Look for tracking, first in the declaration, then in what the body does."""
        declared = self._declared(job)
        if declared is not None:
            return declared
        moves = list(self._moves_of(job))
        reached = frozenset(status for move in moves for status in move.statuses)
        evidence = tuple(dict.fromkeys(move.evidence for move in moves))
        tracked = STARTED in reached and bool(reached & ENDED)
        return Verdict(
            tracked=tracked, evidence=evidence, domain=self._domain_of_moves(moves), reached=reached
        )

    def _domain_of_moves(self, moves: Sequence[Move]) -> str | None:
        models = [move.model for move in moves if move.model is not None]
        if models:
            return domain_of_model(self._resolver, models[0])
        return next((move.domain for move in moves if move.domain), None)

    def effect(self, call: ast.Call, scope: Scope) -> frozenset[str]:
        """The statuses that a call moves a row to, itself or in functions it calls."""
        key = (call, scope)
        if key not in self._effects:
            self._effects[key] = frozenset(
                status for move in self._of_call(call, scope, NOTHING, 0, set()) for status in move.statuses
            )
        return self._effects[key]

    def followed(self, call: ast.Call, scope: Scope) -> tuple[Scope, ...]:
        """The project's functions that a call runs, directly or as what it hands on."""
        return tuple(target for target, _ in self._targets(call, scope, NOTHING))

    # -- by declaration

    def _declared(self, job: Declaration) -> Verdict | None:
        for value in (*job.through, *self._bases(job)):
            name = name_of(value)
            if name is None:
                continue
            if (
                TRACKWRIGHT_DECORATOR.fullmatch(name)
                or TRACKWRIGHT_BASE.fullmatch(name)
                or self._is_marker(name)
            ):
                evidence = Evidence(job.module.path, job.node.lineno, f"declared with {name}")
                return Verdict(tracked=True, evidence=(evidence,), domain=self._domain(job), declared=True)
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

    def _moves_of(self, job: Declaration) -> Iterator[Move]:
        seen: _Seen = set()
        for scope in self._starting_points(job):
            yield from self._follow(scope, NOTHING, 0, seen)

    def _starting_points(self, job: Declaration) -> Iterator[Scope]:
        """The body; the decorators and wrappers around it; the hooks of the base classes; signal handlers."""
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
        yield from (handler.function for handler in self._handlers if handler.hears(job))

    def _follow(self, function: Scope, given: Statuses, depth: int, seen: _Seen) -> Iterator[Move]:
        key = (function, tuple(sorted(given.items())))
        if key in seen:
            return
        seen.add(key)
        for scope in function.walk():
            yield from self._moves.of_assignments(scope, given)
            for call in scope.calls:
                yield from self._of_call(call, scope, given, depth, seen)

    def _of_call(
        self, call: ast.Call, scope: Scope, given: Statuses, depth: int, seen: _Seen
    ) -> Iterator[Move]:
        move = self._moves.of_call(call, scope, given)
        if move is not None:
            yield move
        elif depth < DEPTH:
            for target, passed in self._targets(call, scope, given):
                yield from self._follow(target, passed, depth + 1, seen)

    def _targets(self, call: ast.Call, scope: Scope, given: Statuses) -> Iterator[tuple[Scope, Statuses]]:
        for value in self._resolver.evaluate(call.func, scope):
            match value:
                case FunctionValue(target, owner):
                    yield (
                        target,
                        self._passed(call, target, is_method=owner is not None, scope=scope, given=given),
                    )
                case ClassValue(target):
                    for hook in _hooks(target):
                        yield hook, NOTHING
                case _:
                    pass
        for argument in call.args:
            # A function handed on is called by what it is handed to: asyncio.run(f()), wrap(f).
            if isinstance(argument, ast.Name | ast.Attribute):
                for value in self._resolver.evaluate(argument, scope):
                    if isinstance(value, FunctionValue) and not value.scope.decorators:
                        yield value.scope, NOTHING

    def _passed(
        self, call: ast.Call, target: Scope, *, is_method: bool, scope: Scope, given: Statuses
    ) -> dict[str, frozenset[str]]:
        if isinstance(target.node, ast.Module | ast.ClassDef):
            return {}
        names = [each.arg for each in (*target.node.args.posonlyargs, *target.node.args.args)][is_method:]
        pairs = [*zip(names, call.args, strict=False), *((each.arg, each.value) for each in call.keywords)]
        passed = {name: self._moves.statuses(value, scope, given) for name, value in pairs if name}
        return {name: statuses for name, statuses in passed.items() if statuses}


def _hooks(class_: Scope) -> Iterator[Scope]:
    return (child for child in class_.children if child.name in _HOOKS)
