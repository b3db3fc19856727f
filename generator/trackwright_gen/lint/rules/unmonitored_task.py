"""Tracking by hand that no metric counts.

## What it does
Finds tasks that move their row by hand and use none of `track_task_duration`, `increment_task_counter` and
`record_task_error`, in their body or a function that it calls directly.

## Why is this bad?
A tracked task is counted and timed by itself. A hand-written one is missing in every dashboard and alert: it
fails, and the failure rate stays at zero.

## Example
```python
from celery import shared_task
from app.services.price import PriceTrackingService


@shared_task
def update_price(tracking_id):
    service = PriceTrackingService()
    try:
        service.update_status(tracking_id, "PROCESSING")
        service.update_status(tracking_id, "COMPLETED")
    except Exception as error:
        service.update_status(tracking_id, "FAILED", str(error))
        raise
```

## Use instead
```python
from celery import shared_task
from app.services.price import PriceTrackingService
from trackwright.metrics import track_task_duration


@shared_task
@track_task_duration("price")
def update_price(tracking_id):
    service = PriceTrackingService()
    try:
        service.update_status(tracking_id, "PROCESSING")
        service.update_status(tracking_id, "COMPLETED")
    except Exception as error:
        service.update_status(tracking_id, "FAILED", str(error))
        raise
```
"""

import ast
from collections.abc import Iterator

from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope

CODE = "TW407"
NAME = "unmonitored-task"
DEFAULT = False
_METRICS = frozenset({"track_task_duration", "increment_task_counter", "record_task_error"})


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per task."""
    for job in project.jobs:
        if job.tracked_by_hand and not _is_measured(project, job):
            message = f"no metric counts `{job.name}`; put `@track_task_duration(...)` on it, or make it a tracked task"
            yield Finding(message, job.location, job.span, task=job.name, domain=job.domain)


def _is_measured(project: SourceProject, job: Job) -> bool:
    body = job.declaration.body
    if body is None:
        return True
    called = [
        target
        for scope in body.walk()
        for call in scope.calls
        for target in project.tracking.followed(call, scope)
    ]
    return any(_mentions(each) for each in (body, *called))


def _mentions(function: Scope) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id in _METRICS)
        or (isinstance(node, ast.Attribute) and node.attr in _METRICS)
        for node in ast.walk(function.node)
    )
