"""A Celery result asked for its state, as if it were the record of a task.

## What it does
Finds `state`, `status`, `ready()`, `successful()` and `failed()` of a Celery result: of `AsyncResult(...)`,
also of a task's or an app's own, or of what `delay` and `apply_async` gave.

## Why is this bad?
The result backend is no record: it expires, it says PENDING of ids it never heard of, and it is empty where
results are ignored. The tracking row says what became of a task, as long as the domain keeps its rows.

## Example
```python
from celery.result import AsyncResult


def price_update_state(task_id):
    return AsyncResult(task_id).state
```

## Use instead
```python
from app.services.price_update import PriceUpdateTrackingService


def price_update_state(db, tracking_id):
    return PriceUpdateTrackingService(db).get_status(tracking_id).status
```
"""

import ast
import re
from collections.abc import Iterator

from trackwright_gen.lint.ancestry import rows_of, statement_of
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.values import External, Made, Member, Missing, Value, external_name

CODE = "TW203"
NAME = "celery-result-as-status"
_ASKED = frozenset({"state", "status", "ready", "successful", "failed"})
_SHAPE = re.compile(rb"\.(?:state|status|ready|successful|failed)\b")
_HINTS = (b"AsyncResult", b".delay(", b".apply_async(")
_RESULTS = re.compile(r"celery(?:\.\w+)*\.AsyncResult")


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per statement that asks a result."""
    for module in project.search.modules(_SHAPE, hints=_HINTS):
        seen: set[ast.stmt] = set()
        for scope, asked in _asked(module):
            statement = statement_of(module, asked)
            if statement not in seen and _is_result(project, asked.value, scope):
                seen.add(statement)
                message = (
                    f"`{ast.unparse(asked)}` takes Celery's result for the record of a task: it expires, and says "
                    "PENDING of what it does not know; read the tracking row's status"
                )
                yield Finding(message, module.location(asked), rows_of(module, asked))


def _asked(module: Module) -> Iterator[tuple[Scope, ast.Attribute]]:
    for use in module.uses:
        if isinstance(use.expression, ast.Attribute) and use.expression.attr in _ASKED:
            yield use.scope, use.expression
    for scope in module.scope.walk():
        for call in scope.calls:
            for asked in _on_call(module, call):
                yield scope, asked


def _on_call(module: Module, call: ast.Call) -> Iterator[ast.Attribute]:
    """`AsyncResult(x).state`: an attribute of the call itself."""
    for node in ast.walk(statement_of(module, call)):
        if isinstance(node, ast.Attribute) and node.value is call and node.attr in _ASKED:
            yield node


def _is_result(project: SourceProject, expression: ast.expr, scope: Scope) -> bool:
    return any(_made_as_result(project, each) for each in project.names.evaluate(expression, scope))


def _made_as_result(project: SourceProject, value: Value) -> bool:
    if not isinstance(value, Made):
        return False
    match value.by:
        case External(dotted):
            if _RESULTS.fullmatch(dotted):
                return True
        case Missing(dotted):
            if dotted.endswith(".AsyncResult"):
                return True
        case Member(of, "AsyncResult"):
            owner = external_name(of) or ""
            return not owner.startswith(("multiprocessing", "gevent", "concurrent"))
        case _:
            pass
    if value.call is None:
        return False
    match value.call.func:
        case ast.Attribute(value=task, attr="AsyncResult"):
            job = project.dispatches.job_of(task, value.scope)
        case _:
            sent = project.dispatches.of_call(value.call, value.scope)
            job = sent.job if sent is not None and sent.sends else None
    return job is not None and job.framework == "celery"
