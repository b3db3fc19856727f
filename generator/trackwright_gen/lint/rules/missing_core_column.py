"""A hand-written tracking table, or base of such tables, that lacks a core column.

## What it does
Finds tracking models that do not stand on `TaskTrackingMixin`, and a project's own abstract base of them,
where one of the core columns of a tracking table is not there.

## Why is this bad?
Without `attempts` and `max_attempts` nothing ends retrying, without `started_at` and `completed_at` nothing
is measured, without `error_message` nobody knows why, without `celery_task_id` no log is found.

## Example
```python
from sqlalchemy import Column, DateTime, Index, Integer, String, Text
from app.db.base import Base


class BaseTaskTracking(Base):
    __abstract__ = True

    id = Column(Integer, primary_key=True)
    status = Column(String(20), nullable=False)
    created_at = Column(DateTime(timezone=True), nullable=False)
    updated_at = Column(DateTime(timezone=True), nullable=False)
    started_at = Column(DateTime(timezone=True))
    completed_at = Column(DateTime(timezone=True))
    attempts = Column(Integer, nullable=False, default=0)
    max_attempts = Column(Integer, nullable=False, default=3)
    celery_task_id = Column(String(255))
```

## Use instead
```python
from sqlalchemy import Column, DateTime, Index, Integer, String, Text
from app.db.base import Base


class BaseTaskTracking(Base):
    __abstract__ = True

    id = Column(Integer, primary_key=True)
    status = Column(String(20), nullable=False)
    created_at = Column(DateTime(timezone=True), nullable=False)
    updated_at = Column(DateTime(timezone=True), nullable=False)
    started_at = Column(DateTime(timezone=True))
    completed_at = Column(DateTime(timezone=True))
    attempts = Column(Integer, nullable=False, default=0)
    max_attempts = Column(Integer, nullable=False, default=3)
    celery_task_id = Column(String(255))
    error_message = Column(Text)
```

## Fix safety
Unsafe: until a migration adds the column, every query of the table fails. Written only where the class
declares its columns by `Column` and the types it needs are imported.
"""

import ast
from collections.abc import Iterator

from trackwright_gen.diagnostics import Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.heads import class_rows
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.tables import CORE_COLUMNS, Table

CODE = "TW303"
NAME = "missing-core-column"
_DECLARED = {
    "started_at": "DateTime(timezone=True)",
    "completed_at": "DateTime(timezone=True)",
    "error_message": "Text",
    "attempts": 'Integer, nullable=False, default=0, server_default="0"',
    "max_attempts": 'Integer, nullable=False, default=3, server_default="3"',
    "celery_task_id": "String(255)",
}
"""Columns that a table with rows can be given; `id`, `status` and the other two times need thought."""


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per class, naming all that is missing."""
    own = {base.scope for base in project.tables.bases}
    for table in (*project.tables.bases, *project.tables.tracking):
        missing = [name for name in CORE_COLUMNS if name not in table.columns]
        # What stands on a base of ours or of trackwright has its columns from there, or is said of the base.
        if missing and table.is_whole and (table.scope in own or not table.on_base):
            listed = ", ".join(missing)
            message = (
                f"`{table.scope.name}` lacks {listed}; a tracking table has all of {', '.join(CORE_COLUMNS)}"
            )
            module = table.scope.module
            yield Finding(
                message,
                module.name_location(table.node),
                class_rows(table.node),
                domain=table.domain or None,
                fix=_fix(table, missing),
            )


def _fix(table: Table, missing: list[str]) -> Fix | None:
    own = [each for each in table.columns.values() if each.owner is table.scope and each.call is not None]
    if not own or not all(name in _DECLARED for name in missing):
        return None
    last = max(own, key=lambda each: each.call.lineno if each.call else 0)
    module, call = table.scope.module, last.call
    types = {_DECLARED[name].partition("(")[0].partition(",")[0] for name in missing}
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "Column":
        return None
    if not all(name in module.scope.bindings for name in types):
        return None
    indent = " " * table.node.body[0].col_offset
    rows = [f"{indent}{name} = Column({_DECLARED[name]})" for name in missing]
    row = (call.end_lineno or call.lineno) + 1
    return Fix(f"Add {', '.join(missing)}", (edits.insert_rows(module, row, rows),), safe=False)
