"""What looks like the declaration of a job and leads out of the tree: said on request, never guessed."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trackwright_gen.location import Location
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.values import ClassValue, FunctionValue, InstanceValue, Value, external_name

_TELLING = re.compile(r"task|job|celery", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A place, and what could not be followed there."""

    location: Location
    message: str


def unresolved_decorators(
    resolver: Resolver, modules: Iterable[Module], jobs: Iterable[Location]
) -> Iterator[Unresolved]:
    """Decorators named like those of jobs that lead out of the tree, on functions that were found to be none."""
    known = {(each.path, each.row) for each in jobs}
    for module in modules:
        for function in module.functions:
            if function.parent is not None and (module.path, _row(function)) not in known:
                for decorator in function.decorators:
                    yield from _unresolved(resolver, decorator, function.parent)


def _row(function: Scope) -> int:
    return getattr(function.node, "lineno", 0)


def _unresolved(resolver: Resolver, decorator: ast.expr, scope: Scope) -> Iterator[Unresolved]:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = ast.unparse(called)
    if not _TELLING.search(name.rpartition(".")[2]):
        return
    values = resolver.evaluate(called, scope)
    if not any(isinstance(value, FunctionValue | ClassValue | InstanceValue) for value in values):
        yield Unresolved(scope.module.location(called), f"`@{name}` cannot be followed: {_origin(values)}")


def _origin(values: Iterable[Value]) -> str:
    outside = next(filter(None, map(external_name, values)), None)
    return f"`{outside}` is not in the tree" if outside else "nothing in the tree says what it is"
