"""Whether a task's writes can go through `run.session`: nobody but the task itself may end its transaction."""

import ast

from trackwright_gen.codemods.task.target import Target
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import ClassValue, External, FunctionValue, Made, external_name

_ENDS = frozenset({"commit", "rollback", "close", "begin", "begin_nested", "invalidate"})
_DEPTH = 3


def factories(project: SourceProject, body: Scope, target: Target) -> frozenset[str]:
    """How the body writes a call of the project's session factory: `SessionLocal`, `session.SessionLocal`."""
    return frozenset(
        ast.unparse(call.func)
        for scope in body.walk()
        for call in scope.calls
        if any(_is_factory(value, target) for value in project.names.evaluate(call.func, scope))
    )


def _is_factory(value: object, target: Target) -> bool:
    if not isinstance(value, Made):
        return False
    makes = (external_name(value.by) or "").rpartition(".")[2]
    return makes in {"sessionmaker", "scoped_session"} and value.scope.module.name == target.session.module


def who_may_end_it(project: SourceProject, body: Scope, sessions: set[str]) -> tuple[str, int] | None:
    """A call that is given the session and may end its transaction, or cannot be followed; with its row."""
    for scope in body.walk():
        for call in scope.calls:
            given = [*call.args, *(each.value for each in call.keywords)]
            passes = any(isinstance(each, ast.Name) and each.id in sessions for each in given)
            if passes and not _is_harmless(project, call, scope, _DEPTH):
                return ast.unparse(call.func), call.lineno
            if _begins(call, sessions):
                return ast.unparse(call.func), call.lineno
    return None


def _begins(call: ast.Call, sessions: set[str]) -> bool:
    match call.func:
        case ast.Attribute(attr="begin" | "begin_nested", value=owner):
            return ast.unparse(owner) in sessions
        case _:
            return False


def _is_harmless(project: SourceProject, call: ast.Call, scope: Scope, depth: int) -> bool:
    values = project.names.evaluate(call.func, scope)
    return bool(values) and all(_value_is_harmless(project, value, depth) for value in values)


def _value_is_harmless(project: SourceProject, value: object, depth: int) -> bool:
    match value:
        case FunctionValue(function, _) | ClassValue(function):
            return depth > 0 and all(
                _leaves_open(project, each, inner, depth) for inner in function.walk() for each in inner.calls
            )
        case External(dotted):
            return dotted.startswith("sqlalchemy.")
        case _:
            return False


def _leaves_open(project: SourceProject, call: ast.Call, scope: Scope, depth: int) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr in _ENDS:
        return False
    given = [*call.args, *(each.value for each in call.keywords)]
    named = [each.id for each in given if isinstance(each, ast.Name)]
    if any(name in {"db", "session", "s"} or name.endswith(("_session", "_db")) for name in named):
        return _is_harmless(project, call, scope, depth - 1)
    return True
