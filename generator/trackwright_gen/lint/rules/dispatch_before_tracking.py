"""A task dispatched before its tracking row exists.

## What it does
Finds `delay`, `apply_async` and `send_task` of a Celery task where the same function creates the tracking row
afterwards, and none before.

## Why is this bad?
The worker may be faster than the caller: it looks for a row that is not there. And a caller that dies in
between leaves a task that no row knows of.

## Example
```python
from celery import shared_task
from app.services.price import PriceTrackingService


@shared_task
def update_price(etf_id): ...


def start(db, etf_id):
    result = update_price.delay(etf_id)
    PriceTrackingService(db).create_tracking(etf_id=etf_id, celery_task_id=result.id)
```

## Use instead
```python
from app.services.price import PriceTrackingService
from app.tasks.price import update_price


def start(db, etf_id):
    PriceTrackingService(db).enqueue(update_price, etf_id=etf_id, commit=True)
```
"""

import ast
from collections.abc import Iterator

from trackwright_gen.lint.ancestry import is_before, rows_of
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.dispatches import Dispatch
from trackwright_gen.source.moves import called_name
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import ClassValue

CODE = "TW501"
NAME = "dispatch-before-tracking"
_CREATES = frozenset({"create_tracking", "create_many"})


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per dispatch."""
    for sent in project.dispatches.all():
        if sent.sends and sent.job.framework == "celery" and isinstance(sent.node, ast.Call):
            rows = [call for call in sent.scope.calls if _creates_row(project, call, sent)]
            module = sent.scope.module
            if any(is_before(module, sent.node, row) for row in rows) and not any(
                row.lineno <= sent.node.lineno for row in rows
            ):
                message = (
                    f"`{sent.job.name}` is sent before its tracking row exists; create and commit the row first, "
                    "or do both with `service.enqueue(...)`"
                )
                place = module.location(sent.node)
                yield Finding(
                    message, place, rows_of(module, sent.node), task=sent.job.name, domain=sent.job.domain
                )


def _creates_row(project: SourceProject, call: ast.Call, sent: Dispatch) -> bool:
    """True for `service.create_tracking(...)`, a service's own `create_...`, and a tracking model's constructor."""
    name, scope = called_name(call), sent.scope
    if name in _CREATES:
        return True
    if name.startswith("create_") and isinstance(call.func, ast.Attribute):
        receiver = call.func.value
        return "track" in ast.unparse(receiver).lower() and "service" in ast.unparse(receiver).lower()
    return any(_is_model(project, each.scope, sent) for each in _classes(project, call, scope))


def _classes(project: SourceProject, call: ast.Call, scope: Scope) -> Iterator[ClassValue]:
    for value in project.names.evaluate(call.func, scope):
        if isinstance(value, ClassValue):
            yield value


def _is_model(project: SourceProject, class_: Scope, sent: Dispatch) -> bool:
    table = project.tables.of(class_)
    return table is not None and sent.job.domain in {None, table.domain}
