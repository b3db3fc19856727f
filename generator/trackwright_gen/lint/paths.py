"""The ways through a function, as far as they matter to a tracking row: started, ended, or left in between."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from trackwright_gen.source.statuses import STARTED

Effect = Callable[[ast.Call], frozenset[str]]
"""The statuses that a call moves the row to."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a way through the function has come to."""

    row: Literal["idle", "started", "ended"]
    since: ast.AST | None = None
    """The call that started the row, or the handler that took the error since."""
    guards: frozenset[str] = frozenset()
    """Conditions under which the row was started."""


States = frozenset[State]
IDLE: States = frozenset({State("idle")})
NONE: States = frozenset()


@dataclass(frozen=True, slots=True)
class Leak:
    """A way out of the function that leaves the row PROCESSING."""

    at: ast.AST
    since: ast.AST


@dataclass(slots=True)
class _Loop:
    """What `break` and `continue` carry out of a loop's body."""

    finals: int
    """How many `finally` blocks are around the loop: those within it run before it is left."""
    left: set[State] = field(default_factory=set[State])


@dataclass(slots=True)
class _Attempt:
    """The states in which an error may leave the body of a `try`."""

    states: set[State] = field(default_factory=set[State])


class Paths:
    """Follows all ways through one function's statements."""

    def __init__(self, effect: Effect) -> None:
        self._effect = effect
        self._loops: list[_Loop] = []
        self._attempts: list[_Attempt] = []
        self._finals: list[list[ast.stmt]] = []
        self._leaks: dict[ast.AST, Leak] = {}

    def leaks(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[Leak, ...]:
        """Every return, and the function's end, that a started row may come to."""
        self._leave(self._block(function.body, IDLE), None)
        return tuple(self._leaks.values())

    def _leave(self, states: States, at: ast.AST | None) -> None:
        for state in self._through_finals(states, 0):
            if state.row == "started" and state.since is not None:
                place = at or state.since
                self._leaks.setdefault(place, Leak(place, state.since))

    def _through_finals(self, states: States, outer: int) -> States:
        """What the `finally` blocks on the way out do, innermost first; a return in one does not run it again."""
        around = self._finals
        for position in reversed(range(outer, len(around))):
            self._finals = around[:position]
            states = self._block(around[position], states)
        self._finals = around
        return states

    def _block(self, statements: list[ast.stmt], states: States) -> States:
        for statement in statements:
            if not states:
                return NONE
            states = self._statement(statement, states)
        return states

    def _statement(self, statement: ast.stmt, states: States) -> States:
        self._may_fail(states)
        match statement:
            case ast.Return():
                self._leave(self._effects(statement, states), statement)
                return NONE
            case ast.Raise() | ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr="retry"))):
                # Celery's own `self.retry(...)` raises, whether `raise` is written before it or not.
                self._may_fail(self._effects(statement, states))
                return NONE
            case ast.Break() | ast.Continue():
                if self._loops:
                    self._loops[-1].left |= self._through_finals(states, self._loops[-1].finals)
                return NONE
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return states
            case _:
                return self._compound(statement, states)

    def _compound(self, statement: ast.stmt, states: States) -> States:
        match statement:
            case ast.If(test=test, body=body, orelse=orelse):
                return self._if(test, body, orelse, self._effects(test, states))
            case ast.For(iter=first) | ast.AsyncFor(iter=first) | ast.While(test=first):
                return self._loop(statement, self._effects(first, states))
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    states = self._effects(item.context_expr, states)
                return self._block(body, states)
            case ast.Try() | ast.TryStar():
                return self._try(statement, states)
            case ast.Match(cases=cases):
                after = [self._block(case.body, states) for case in cases]
                return states.union(*after)
            case _:
                return self._effects(statement, states)

    def _may_fail(self, states: States) -> None:
        if self._attempts:
            self._attempts[-1].states |= states

    def _if(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], states: States) -> States:
        condition = ast.dump(test)
        taken = self._block(body, states)
        # A row that was started under a condition is ended under the same.
        skipped = frozenset(state for state in states if condition not in state.guards)
        started = frozenset(
            State(state.row, state.since, state.guards | {condition})
            if state.row == "started" and state not in states
            else state
            for state in taken
        )
        return started | self._block(orelse, skipped)

    def _loop(self, loop: ast.For | ast.AsyncFor | ast.While, states: States) -> States:
        self._loops.append(_Loop(len(self._finals)))
        after = self._block(loop.body, states)
        left = frozenset(self._loops.pop().left)
        endless = (
            isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant) and bool(loop.test.value)
        )
        through = NONE if endless else self._block(loop.orelse, states | after)
        return through | left

    def _try(self, attempt: ast.Try | ast.TryStar, states: States) -> States:
        if attempt.finalbody:
            self._finals.append(attempt.finalbody)
        self._attempts.append(_Attempt())
        after = self._block(attempt.body, states)
        failing = frozenset(self._attempts.pop().states)
        after = self._block(attempt.orelse, after)
        for handler in attempt.handlers:
            caught = frozenset(
                State(state.row, handler if state.row == "started" else state.since, state.guards)
                for state in failing
            )
            after |= self._block(handler.body, caught)
        if attempt.finalbody:
            self._finals.pop()
            after = self._block(attempt.finalbody, after)
        return after

    def _effects(self, node: ast.AST, states: States) -> States:
        for call in calls_in(node):
            statuses = self._effect(call)
            if statuses - {STARTED}:
                states = frozenset({State("ended")}) if states else NONE
            elif statuses:
                states = frozenset({State("started", call)}) if states else NONE
        return states


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    """The calls of a statement in the order they are written, without those of functions defined in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from calls_in(child)
    if isinstance(node, ast.Call):
        yield node
