"""A tracking table that is not called `{domain}_task_tracking`.

## What it does
Finds tracking models whose `__tablename__` has another form: no `_task_tracking` at the end, capital letters,
or a domain of more than 37 characters.

## Why is this bad?
The domain is read off the table's name, by people and by tools: dashboards, retention, `trackwright stats`.
`TaskTrackingMixin` refuses such a model when its class is made.

## Example
```python
from app.models.base import BaseTaskTracking


class PriceUpdateTracking(BaseTaskTracking):
    __tablename__ = "price_update_tracking"
```

## Use instead
```python
from app.models.base import BaseTaskTracking


class PriceUpdateTracking(BaseTaskTracking):
    __tablename__ = "price_update_task_tracking"
```

## Fix safety
Unsafe: the table in the database keeps its old name until a migration renames it.
"""

import ast
import re
from collections.abc import Iterator

from trackwright_gen.diagnostics import Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Assigned
from trackwright_gen.source.tables import TABLE_NAME, Table

CODE = "TW302"
NAME = "table-name-off-convention"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per `__tablename__`."""
    for table in project.tables.tracking:
        if not TABLE_NAME.fullmatch(table.name):
            for binding in table.scope.bindings.get("__tablename__", ()):
                if isinstance(binding, Assigned) and binding.value is not None:
                    yield _finding(table, binding.value)


def _finding(table: Table, value: ast.expr) -> Finding:
    module = table.scope.module
    wanted = f"{_domain(table.name)}_task_tracking"
    fits = TABLE_NAME.fullmatch(wanted) is not None
    advice = (
        f"call it {wanted!r}" if fits else "'{domain}_task_tracking' has a domain of at most 37 characters"
    )
    fix = None
    if fits and isinstance(value, ast.Constant):
        fix = Fix(f"Rename to {wanted}", (edits.replace(module, value, f'"{wanted}"'),), safe=False)
    return Finding(
        f"tracking table {table.name!r} is not '{{domain}}_task_tracking'; {advice}",
        module.location(value),
        (value.lineno, value.end_lineno or value.lineno),
        domain=table.domain,
        fix=fix,
    )


def _domain(name: str) -> str:
    """The domain that a name seems to mean: `PriceUpdateTracking` and `price_update_tasks` are price_update."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return re.sub(r"(?:_task|_tasks|_job|_jobs)?(?:_tracking|_trackings|_tasks|_jobs|_status)?$", "", snake)
