"""Use of a legacy status model.

## What it does
Finds where a generic status model (setting `legacy-models`, by default `TaskStatus`) is defined,
imported, queried or written. An enum or a schema that happens to have that name is left alone.

## Why is this bad?
One table for all kinds of tasks has no columns of its own for any of them, grows into a queue of
unrelated rows, and ties every domain to every other. Each domain has a tracking table of its own.

## Example
```python
from app.models import TaskStatus


def start(db):
    db.add(TaskStatus(task_type="price_update"))
```

## Use instead
```python
from app.services.price_update_tracking import PriceUpdateTrackingService


def start(db):
    PriceUpdateTrackingService(db).create_tracking()
```
"""

import ast
from collections.abc import Iterator

from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.models import Models
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Module, Use

CODE = "TW201"
NAME = "legacy-task-status"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per definition, per import and per statement that uses a legacy model."""
    for module in project.modules:
        if project.models.may_occur_in(module):
            yield from _definitions(module, project.models)
            yield from _imports(module, project.models)
            yield from _uses(module, project.models)


def _definitions(module: Module, models: Models) -> Iterator[Finding]:
    for class_ in module.classes:
        if models.is_legacy_class(class_) and isinstance(class_.node, ast.ClassDef):
            first = min([class_.node.lineno, *(each.lineno for each in class_.decorators)])
            message = f"`{class_.name}` is a legacy status model; give each domain its own tracking table"
            yield Finding(message, module.name_location(class_.node), (first, class_.node.lineno))


def _imports(module: Module, models: Models) -> Iterator[Finding]:
    for each in module.imports:
        bound = each.alias.asname or each.alias.name
        if models.names_legacy(bound, each.scope):
            message = f"import of the legacy status model `{each.alias.name}`"
            last = each.statement.end_lineno or each.statement.lineno
            yield Finding(message, module.location(each.alias), (each.statement.lineno, last))


def _uses(module: Module, models: Models) -> Iterator[Finding]:
    constructed = {call.func for scope in module.scope.walk() for call in scope.calls}
    reported: set[ast.stmt] = set()
    for use in module.uses:
        if use.role != "value" or use.statement in reported:
            continue
        named = models.legacy_part(use.expression, use.scope)
        if named is not None:
            reported.add(use.statement)
            yield _used(use, named, written=named in constructed)


def _used(use: Use, named: ast.expr, *, written: bool) -> Finding:
    name = ast.unparse(named)
    what = "writes a row of" if written else "queries or uses"
    message = f"{what} the legacy status model `{name}`"
    return Finding(message, use.scope.module.location(named), _rows(use, named))


def _rows(use: Use, named: ast.expr) -> tuple[int, int]:
    """The whole statement, if it is a simple one; only the name's row under `if`, `for`, `with`."""
    if hasattr(use.statement, "body"):
        return named.lineno, named.end_lineno or named.lineno
    return use.statement.lineno, use.statement.end_lineno or use.statement.lineno
