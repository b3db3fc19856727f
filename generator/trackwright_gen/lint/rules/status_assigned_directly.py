"""A tracking row's status assigned past its service.

## What it does
Finds `row.status = ...` where the row is one of a tracking table: made, queried or annotated with its model, or
the row of a tracked task's run. The services themselves may.

## Why is this bad?
An assignment checks nothing: it ends what was cancelled, overwrites what another worker wrote, and leaves times,
attempts and metrics as they were. The service moves a row in one statement that only succeeds from a status
that allows it.

## Example
```python
from app.models.base import BaseTaskTracking


class PriceUpdateTracking(BaseTaskTracking):
    __tablename__ = "price_update_task_tracking"


def give_up(db, tracking_id):
    service = PriceUpdateTrackingService(db)
    row = db.get(PriceUpdateTracking, tracking_id)
    row.status = "FAILED"
```

## Use instead
```python
from app.models.base import BaseTaskTracking


class PriceUpdateTracking(BaseTaskTracking):
    __tablename__ = "price_update_task_tracking"


def give_up(db, tracking_id):
    service = PriceUpdateTrackingService(db)
    row = db.get(PriceUpdateTracking, tracking_id)
    service.update_status(row.id, "FAILED")
```

## Fix safety
Unsafe: the service refuses what the status machine does not allow. Written where the function has a service.
"""

import ast
import re
from collections.abc import Iterator

from trackwright_gen.diagnostics import Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.ancestry import rows_of, statement_of
from trackwright_gen.lint.rows import comes_from
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Assigned, Module, Scope
from trackwright_gen.source.values import ClassValue, Member

CODE = "TW402"
NAME = "status-assigned-directly"
_SHAPE = re.compile(rb"\.status\s*=(?!=)")


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per assignment."""
    models = {table.scope for table in project.tables.tracking}
    for module in project.search.modules(_SHAPE, hints=(b".status",)):
        for scope in module.scope.walk():
            for target in scope.targets:
                if (
                    target.attr == "status"
                    and not _is_in_service(scope)
                    and _is_row(project, target, scope, models)
                ):
                    yield _finding(module, scope, target)


def _is_row(project: SourceProject, target: ast.Attribute, scope: Scope, models: set[Scope]) -> bool:
    def is_model(expression: ast.Name | ast.Attribute) -> bool:
        return any(
            isinstance(each, ClassValue)
            and (each.scope in models or project.tables.of(each.scope) is not None)
            for each in project.names.evaluate(expression, scope)
        )

    return comes_from(project.names, target.value, scope, is_model) or _is_of_run(
        project, target.value, scope
    )


def _is_of_run(project: SourceProject, row: ast.expr, scope: Scope) -> bool:
    """True for `run.tracking` in a tracked task's body."""
    inner: Scope | None = scope
    while inner is not None:
        if any(job.verdict.declared and job.declaration.body is inner for job in project.jobs):
            return any(
                isinstance(each, Member) and each.name == "tracking"
                for each in project.names.evaluate(row, scope)
            )
        inner = inner.parent
    return False


def _is_in_service(scope: Scope) -> bool:
    """True in what the principles let write a status: services, their bases, CRUD classes."""
    inner: Scope | None = scope
    while inner is not None:
        if inner.kind == "class" and inner.name.endswith(("Service", "CRUD", "Tracking", "Mixin")):
            return True
        inner = inner.parent
    return False


def _finding(module: Module, scope: Scope, target: ast.Attribute) -> Finding:
    row = ast.unparse(target.value)
    message = f"`{row}.status` is assigned past the service; move the row with `update_status({row}.id, ...)`"
    return Finding(
        message, module.location(target), rows_of(module, target), fix=_fix(module, scope, target, row)
    )


def _fix(module: Module, scope: Scope, target: ast.Attribute, row: str) -> Fix | None:
    statement = statement_of(module, target)
    service = _service(scope)
    if service is None or not isinstance(statement, ast.Assign) or statement.targets != [target]:
        return None
    waits = "await " if isinstance(scope.node, ast.AsyncFunctionDef) else ""
    value = ast.unparse(statement.value).replace("'", '"')
    moved = f"{waits}{service}.update_status({row}.id, {value})"
    return Fix("Move the row through its service", (edits.replace(module, statement, moved),), safe=False)


def _service(scope: Scope) -> str | None:
    """A variable of the function that holds a tracking service."""
    for name, bindings in scope.bindings.items():
        for binding in bindings:
            if isinstance(binding, Assigned) and isinstance(binding.value, ast.Call):
                made = ast.unparse(binding.value.func).rpartition(".")[2]
                if "Tracking" in made and made.endswith("Service"):
                    return name
    return None
