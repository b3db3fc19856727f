"""A task that writes a legacy status row.

## What it does
Finds tasks that create a row of a legacy model (setting `legacy-models`, by default `TaskStatus`), or assign
its status.

## Why is this bad?
A status that a task assigns by itself is lost when the task dies first, is not guarded against a second
worker, and lies in a table that no domain owns. `trackwright legacy task` rewrites such a task.

## Example
```python
from celery import shared_task
from app.models import TaskStatus


@shared_task
def update_price(db):
    row = TaskStatus(task_type="price_update", status="processing")
    db.add(row)
    row.status = "completed"
```

## Use instead
```python
from app.celery_app import app
from app.db import Session
from app.models.price_update_tracking import PriceUpdateTracking
from trackwright.jobs import tracked_task


@tracked_task(app, PriceUpdateTracking, session_factory=Session)
def update_price(run):
    run.checkpoint()
```
"""

import ast
from collections.abc import Iterator

from trackwright_gen.lint.ancestry import rows_of
from trackwright_gen.lint.rows import comes_from
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope

CODE = "TW202"
NAME = "legacy-task-status-write"
_STATES = frozenset({"status", "state"})


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per row that is created and per status that is assigned in a task's body."""
    for job in project.jobs:
        if job.declaration.body is not None:
            for scope in job.declaration.body.walk():
                for node in _writes(project, scope):
                    yield _finding(job, scope, node)


def _writes(project: SourceProject, scope: Scope) -> Iterator[ast.expr]:
    for call in scope.calls:
        if project.models.legacy_part(call.func, scope) is call.func:
            yield call
    for target in scope.targets:
        if target.attr in _STATES and comes_from(
            project.names,
            target.value,
            scope,
            lambda expression: project.models.legacy_part(expression, scope) is not None,
        ):
            yield target


def _finding(job: Job, scope: Scope, node: ast.expr) -> Finding:
    what = "creates" if isinstance(node, ast.Call) else "assigns the status of"
    message = (
        f"task `{job.name}` {what} a legacy status row; "
        f"`trackwright legacy task {job.qualified_name} --domain ...` moves it to its domain's tracking"
    )
    module = scope.module
    return Finding(message, module.location(node), rows_of(module, node), task=job.name, domain=job.domain)
