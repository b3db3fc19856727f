"""Whether a job is tracked: by its declaration, or by moving a row to PROCESSING and to an end."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from trackwright_gen.source.domains import domain_of_model
from trackwright_gen.source.following import Following, hooks_of
from trackwright_gen.source.frameworks.celery.app_bases import app_bases
from trackwright_gen.source.frameworks.celery.naming import TRACKWRIGHT_BASE, TRACKWRIGHT_DECORATOR
from trackwright_gen.source.frameworks.celery.result_backends import ResultBackend, keeps_result
from trackwright_gen.source.frameworks.celery.signals import Handler
from trackwright_gen.source.jobs import Declaration, Evidence, Verdict
from trackwright_gen.source.moves import Move, Moves, name_of
from trackwright_gen.source.record_moves import RecordMoves
from trackwright_gen.source.records import Records
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.statuses import ENDED, SOME_END, STARTED
from trackwright_gen.source.values import ClassValue, FunctionValue, Value


class Tracking:
    """Judges declarations, and says what calls do to tracking rows."""

    def __init__(
        self,
        resolver: Resolver,
        markers: Iterable[str],
        records: Records,
        handlers: Sequence[Handler] = (),
        backends: Sequence[ResultBackend] = (),
    ) -> None:
        """`records` knows the project's own tables of work.

        `handlers` are those of Celery's signals, `backends` keep the results of all tasks.
        """
        self._resolver = resolver
        self._moves = Moves(resolver)
        self._record_moves = RecordMoves(resolver, records)
        self._markers = frozenset(marker.replace(":", ".") for marker in markers)
        self._handlers = handlers
        self._backends = backends
        self._effects: dict[tuple[ast.Call, Scope], frozenset[str]] = {}

    def judge(self, job: Declaration) -> Verdict:
        """Look for tracking, first in the declaration, then in what the body does."""
        declared = self._declared(job)
        if declared is not None:
            return declared
        found = self._verdict(list(self._moves_of(job, self._moves)))
        if found.evidence:
            return found
        elsewhere = self._verdict(list(self._moves_of(job, self._record_moves)))
        # A row that waits until it says how the work ended is a record too.
        recorded = elsewhere.tracked or elsewhere.reached >= ENDED
        return replace(elsewhere, tracked=recorded, reached=frozenset(), in_own_table=recorded)

    def _verdict(self, moves: Sequence[Move]) -> Verdict:
        reached = frozenset(status for move in moves for status in move.statuses)
        evidence = tuple(dict.fromkeys(move.evidence for move in moves))
        tracked = STARTED in reached and bool(reached & {*ENDED, SOME_END})
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
                status
                for move in Following(self._resolver, self._moves).of_call(call, scope)
                for status in move.statuses
            )
        return self._effects[key]

    def followed(self, call: ast.Call, scope: Scope) -> tuple[Scope, ...]:
        """The project's functions that a call runs, directly or as what it hands on."""
        return tuple(target for target, _ in Following(self._resolver, self._moves).targets(call, scope))

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
                    yield from self._with_ancestors(value)
        if all(option.name != "base" for option in job.options):
            for value in app_bases(self._resolver, job.through):
                yield from self._with_ancestors(value)

    def _with_ancestors(self, value: Value) -> Iterator[Value]:
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

    def _moves_of(self, job: Declaration, reader: Moves | RecordMoves) -> Iterator[Move]:
        walk = Following(self._resolver, reader)
        for scope in self._starting_points(job):
            yield from walk.of_function(scope)
        for backend in self._backends if keeps_result(job) else ():
            for write in backend.writes:
                yield from walk.of_function(write.method, write.given)
            yield from reader.of_models(backend.models)

    def _starting_points(self, job: Declaration) -> Iterator[Scope]:
        """The body; the decorators and wrappers around it; the hooks of the base classes; signal handlers."""
        if job.body is not None and job.body.kind == "function":
            yield job.body
        elif job.body is not None:
            yield from hooks_of(job.body)
        for value in (*job.through, *self._bases(job)):
            match value:
                case FunctionValue(scope):
                    yield scope
                case ClassValue(scope):
                    yield from hooks_of(scope)
                case _:
                    pass
        yield from (handler.function for handler in self._handlers if handler.hears(job))
