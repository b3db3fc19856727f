"""Following calls from function to function, to what moves a row."""

import ast
from collections.abc import Iterator

from trackwright_gen.source.moves import NOTHING, Move, Moves, Statuses
from trackwright_gen.source.record_moves import RecordMoves
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import ClassValue, FunctionValue

DEPTH = 3
"""How many calls away from the body a row may be moved."""
_HOOKS = frozenset(
    {
        *("run", "__call__", "before_start", "on_success", "on_failure", "on_retry", "after_return"),
        *("__init__", "__enter__", "__exit__", "__aenter__", "__aexit__"),
    }
)


class Following:
    """One walk through functions: what was seen is not walked again."""

    def __init__(self, resolver: Resolver, reader: Moves | RecordMoves) -> None:
        """`reader` says what moves a row."""
        self._resolver = resolver
        self._reader = reader
        self._seen: set[tuple[Scope, tuple[tuple[str, frozenset[str]], ...]]] = set()

    def of_function(self, function: Scope, given: Statuses = NOTHING, depth: int = 0) -> Iterator[Move]:
        """The moves in a function and in what it calls, each function once for the same statuses."""
        key = (function, tuple(sorted(given.items())))
        if key in self._seen:
            return
        self._seen.add(key)
        for scope in function.walk():
            yield from self._reader.of_assignments(scope, given)
            for call in scope.calls:
                yield from self.of_call(call, scope, given, depth)

    def of_call(
        self, call: ast.Call, scope: Scope, given: Statuses = NOTHING, depth: int = 0
    ) -> Iterator[Move]:
        """The move that a call is, or those in what it calls."""
        move = self._reader.of_call(call, scope, given)
        if move is not None:
            yield move
        elif depth < DEPTH:
            for target, passed in self.targets(call, scope, given):
                yield from self.of_function(target, passed, depth + 1)

    def targets(
        self, call: ast.Call, scope: Scope, given: Statuses = NOTHING
    ) -> Iterator[tuple[Scope, Statuses]]:
        """The project's functions that a call runs, with what it gives their parameters."""
        called = self._resolver.evaluate(call.func, scope)
        for value in (*called, *(method for each in called for method in self._reader.methods_of(each))):
            match value:
                case FunctionValue(target, owner):
                    yield (
                        target,
                        self._passed(call, target, is_method=owner is not None, scope=scope, given=given),
                    )
                case ClassValue(target):
                    for hook in hooks_of(target):
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
        self,
        call: ast.Call,
        target: Scope,
        *,
        is_method: bool,
        scope: Scope,
        given: Statuses,
    ) -> dict[str, frozenset[str]]:
        if isinstance(target.node, ast.Module | ast.ClassDef):
            return {}
        names = [each.arg for each in (*target.node.args.posonlyargs, *target.node.args.args)][is_method:]
        pairs = [*zip(names, call.args, strict=False), *((each.arg, each.value) for each in call.keywords)]
        passed: dict[str, frozenset[str]] = {}
        for name, value in pairs:
            if name:
                passed[name] = self._reader.statuses(value, scope, given)
                self._reader.note(target, name, value, scope)
        return {name: statuses for name, statuses in passed.items() if statuses}


def hooks_of(class_: Scope) -> Iterator[Scope]:
    """The methods of a class that Celery, or making an object of it, calls."""
    return (child for child in class_.children if child.name in _HOOKS)
