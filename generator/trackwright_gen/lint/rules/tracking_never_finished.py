"""A tracked task with a path on which its row stays PROCESSING.

## What it does
Finds, in tasks that move their row by hand, paths that set PROCESSING and reach the end of the body, a `return`
or the end of a handler that swallows the error, without an end state. And tasks that no error ever
makes FAILED.

## Why is this bad?
A row that stays PROCESSING looks like work that still runs. Nobody is told, nothing retries it, and a sweep has
to find out much later that it is dead.

## Example
```python
from celery import shared_task
from app.services.price import PriceTrackingService


@shared_task
def update_price(tracking_id, price):
    service = PriceTrackingService()
    service.update_status(tracking_id, "PROCESSING")
    if price is None:
        return None
    try:
        print(price)
        service.update_status(tracking_id, "COMPLETED")
    except Exception as error:
        service.update_status(tracking_id, "FAILED", str(error))
        raise
```

## Use instead
```python
from celery import shared_task
from app.services.price import PriceTrackingService


@shared_task
def update_price(tracking_id, price):
    service = PriceTrackingService()
    service.update_status(tracking_id, "PROCESSING")
    if price is None:
        service.update_status(tracking_id, "CANCELLED", "there is no price")
        return None
    try:
        print(price)
        service.update_status(tracking_id, "COMPLETED")
    except Exception as error:
        service.update_status(tracking_id, "FAILED", str(error))
        raise
```
"""

import ast
from collections.abc import Iterator

from trackwright_gen.lint.ancestry import rows_of
from trackwright_gen.lint.paths import Leak, Paths
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.following import DEPTH
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.statuses import STARTED

CODE = "TW103"
NAME = "tracking-never-finished"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per way out; one for the whole task where no error is ever recorded."""
    for job in project.jobs:
        if job.tracked_by_hand and job.declaration.body is not None:
            if not job.verdict.reached & {"FAILED", "CANCELLED", "PENDING"}:
                message = (
                    f"no error ever makes the row of `{job.name}` FAILED: it stays PROCESSING; "
                    "record the error in an `except`, or make this a tracked task"
                )
                yield Finding(message, job.location, job.span, task=job.name, domain=job.domain)
            for function in _functions(project, job):
                for leak in Paths(_Effect(project, function)).leaks(_node(function)):
                    yield _finding(job, function, leak)


class _Effect:
    """What the calls of a function do to the row."""

    def __init__(self, project: SourceProject, function: Scope) -> None:
        self._project = project
        self._function = function

    def __call__(self, call: ast.Call) -> frozenset[str]:
        return self._project.tracking.effect(call, self._function)


def _functions(project: SourceProject, job: Job) -> Iterator[Scope]:
    """The functions that start the row: the body, or one that it leaves all the tracking to."""
    body = job.declaration.body
    start = (
        [child for child in body.children if child.name == "run"] if body and body.kind == "class" else [body]
    )
    queue = [(each, 0) for each in start if each is not None]
    seen: set[Scope] = set()
    while queue:
        function, depth = queue.pop()
        if function in seen or not isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        seen.add(function)
        effects = [(call, project.tracking.effect(call, function)) for call in function.calls]
        if any(each == {STARTED} for _, each in effects):
            yield function
        elif depth < DEPTH:
            whole = [call for call, each in effects if STARTED in each]
            queue += [
                (target, depth + 1) for call in whole for target in project.tracking.followed(call, function)
            ]


def _node(function: Scope) -> ast.FunctionDef | ast.AsyncFunctionDef:
    assert isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101 -- see _functions
    return function.node


def _finding(job: Job, function: Scope, leak: Leak) -> Finding:
    module = function.module
    match leak.at:
        case ast.ExceptHandler():
            place = module.location(leak.at.body[0])
            rows = leak.at.lineno, place.row
            what = "this handler swallows the error and leaves"
        case ast.Return():
            place, rows = module.location(leak.at), rows_of(module, leak.at)
            what = "this return leaves"
        case _:
            assert isinstance(leak.at, ast.expr)  # noqa: S101 -- the call that started the row
            place, rows = module.location(leak.at), rows_of(module, leak.at)
            what = "a path from here to the end of the body leaves"
    message = f"{what} the row of `{job.name}` PROCESSING; end it: COMPLETED, FAILED or CANCELLED"
    return Finding(message, place, rows, task=job.name, domain=job.domain)
