"""A task dispatched inside an open transaction.

## What it does
Finds `delay`, `apply_async` and `send_task` of a known Celery task inside `with session.begin():`, inside Django's
`transaction.atomic`, and between a session's `add`, `flush` and the like and its `commit`.

## Why is this bad?
The message is out, the rows are not. The worker looks for what nobody else can see yet; and if the transaction
is rolled back, the task runs for rows that never were.

## Example
```python
from celery import shared_task
from app.models import Order


@shared_task
def ship(order_id): ...


def order(db, order_id):
    db.add(Order(id=order_id))
    ship.delay(order_id)
    db.commit()
```

## Use instead
```python
from celery import shared_task
from app.models import Order


@shared_task
def ship(order_id): ...


def order(db, order_id):
    db.add(Order(id=order_id))
    db.commit()
    ship.delay(order_id)
```

## Fix safety
Unsafe: what fails after the commit no longer undoes it. Written where the dispatch is a statement of its own,
directly before the commit or under Django's `atomic`.
"""

import ast
from collections.abc import Iterator

from trackwright_gen.diagnostics import Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.ancestry import ancestors, rows_of, statement_of
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.dispatches import Dispatch
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import FunctionNode, Module, Scope
from trackwright_gen.source.values import external_name

CODE = "TW502"
NAME = "dispatch-before-commit"
_ATOMIC = frozenset({"django.db.transaction.atomic"})
_WRITES = frozenset({"add", "add_all", "flush", "merge", "delete"})


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per dispatch."""
    for sent in project.dispatches.all():
        if sent.sends and sent.job.framework == "celery" and isinstance(sent.node, ast.Call):
            if isinstance(sent.scope.node, ast.Lambda):
                continue
            if _is_in_atomic(project, sent):
                yield _finding(sent, sent.node, "inside `transaction.atomic`", _on_commit(sent, sent.node))
            elif _is_in_begin(sent):
                yield _finding(sent, sent.node, "inside `with ...begin()`", None)
            elif (commit := _later_commit(sent)) is not None:
                fix = _swap(sent.scope.module, sent.node, commit)
                yield _finding(sent, sent.node, f"before `{ast.unparse(commit)}`", fix)


def _finding(sent: Dispatch, call: ast.Call, where: str, fix: Fix | None) -> Finding:
    module = sent.scope.module
    message = (
        f"`{sent.job.name}` is sent {where}: the worker may not see the rows yet; send it after the commit"
    )
    return Finding(
        message,
        module.location(call),
        rows_of(module, call),
        task=sent.job.name,
        domain=sent.job.domain,
        fix=fix,
    )


def _contexts(sent: Dispatch) -> Iterator[ast.expr]:
    """The context managers around a dispatch, in its own function."""
    for outer in ancestors(sent.scope.module, sent.node):
        if isinstance(outer, ast.With | ast.AsyncWith):
            yield from (item.context_expr for item in outer.items)


def _is_in_atomic(project: SourceProject, sent: Dispatch) -> bool:
    scope = sent.scope
    if any(_is_atomic(project, each, scope) for each in _contexts(sent)):
        return True
    outer = scope.parent
    return outer is not None and any(_is_atomic(project, each, outer) for each in scope.decorators)


def _is_atomic(project: SourceProject, expression: ast.expr, scope: Scope) -> bool:
    called = expression.func if isinstance(expression, ast.Call) else expression
    return any(external_name(each) in _ATOMIC for each in project.names.evaluate(called, scope))


def _is_in_begin(sent: Dispatch) -> bool:
    """True under `session.begin()`; a `begin_nested` is part of a transaction too."""
    for context in _contexts(sent):
        match context:
            case ast.Call(func=ast.Attribute(attr="begin" | "begin_nested")):
                return True
            case _:
                pass
    return False


def _later_commit(sent: Dispatch) -> ast.Call | None:
    """The commit that follows in the same block, where the session has something to commit."""
    module = sent.scope.module
    statement = statement_of(module, sent.node)
    block = _block(module, statement)
    position = block.index(statement)
    written: set[str] = set()
    for earlier in block[:position]:
        for receiver, method in _session_calls(earlier):
            if method in _WRITES:
                written.add(receiver)
            elif method in {"commit", "rollback"}:
                written.discard(receiver)
    for later in block[position + 1 :]:
        match later:
            case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)):
                if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
                    return call if ast.unparse(call.func.value) in written else None
            case ast.Return() | ast.Raise():
                return None
            case _:
                pass
    return None


def _block(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    outer = next(ancestors(module, statement), module.scope.node)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(outer, name, None)
        if isinstance(block, list) and statement in block:
            return block
    return [statement]


def _session_calls(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    for node in ast.walk(statement):
        if isinstance(node, FunctionNode):
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = ast.unparse(node.func.value)
            if "db" in receiver.lower() or "session" in receiver.lower():
                yield receiver, node.func.attr


def _on_commit(sent: Dispatch, call: ast.Call) -> Fix | None:
    """`transaction.on_commit(lambda: ...)`, for a dispatch whose result nobody uses."""
    module = sent.scope.module
    statement = statement_of(module, call)
    if (
        "transaction" not in module.scope.bindings
        or not isinstance(statement, ast.Expr)
        or statement.value is not call
    ):
        return None
    text = f"transaction.on_commit(lambda: {ast.unparse(call)})"
    return Fix("Send it on commit", (edits.replace(module, statement, text),), safe=False)


def _swap(module: Module, call: ast.Call, commit: ast.Call) -> Fix | None:
    """The two statements in the other order, where they are neighbours."""
    sending, ending = statement_of(module, call), statement_of(module, commit)
    block = _block(module, sending)
    if not isinstance(sending, ast.Expr) or block.index(ending) != block.index(sending) + 1:
        return None
    if (sending.end_lineno, ending.lineno) != (
        sending.lineno,
        sending.lineno + 1,
    ) or ending.end_lineno != ending.lineno:
        return None
    rows = [module.lines[ending.lineno - 1], module.lines[sending.lineno - 1]]
    first, second = module.location(sending), module.location(ending)
    changes = (
        edits.replace(module, sending, rows[0][second.column - 1 : (second.end_column or 1) - 1]),
        edits.replace(module, ending, rows[1][first.column - 1 : (first.end_column or 1) - 1]),
    )
    return Fix("Send it after the commit", changes, safe=False)
