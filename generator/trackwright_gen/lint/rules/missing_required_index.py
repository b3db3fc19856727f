"""A hand-written tracking table without the required indexes.

## What it does
Finds tracking models that do not stand on `TaskTrackingMixin` and lack an index that begins with `status`, or
one on `created_at, completed_at`.

## Why is this bad?
Every worker, sweep and dashboard asks for rows by status, every clean-up for old ones. Without the indexes
each of these questions reads the whole table, and locks it out of memory as it grows.

## Example
```python
from app.db.base import Base
from sqlalchemy import Column, DateTime, Index, Integer, String, Text


class BaseTaskTracking(Base):
    __abstract__ = True

    id = Column(Integer, primary_key=True)
    status = Column(String(20), nullable=False, index=True)
    created_at = Column(DateTime(timezone=True), nullable=False)
    updated_at = Column(DateTime(timezone=True), nullable=False)
    started_at = Column(DateTime(timezone=True))
    completed_at = Column(DateTime(timezone=True))
    error_message = Column(Text)
    attempts = Column(Integer, nullable=False, default=0)
    max_attempts = Column(Integer, nullable=False, default=3)
    celery_task_id = Column(String(255))


class PriceUpdateTracking(BaseTaskTracking):
    __tablename__ = "price_update_task_tracking"
```

## Use instead
```python
from app.db.base import Base
from sqlalchemy import Column, DateTime, Index, Integer, String, Text


class BaseTaskTracking(Base):
    __abstract__ = True

    id = Column(Integer, primary_key=True)
    status = Column(String(20), nullable=False, index=True)
    created_at = Column(DateTime(timezone=True), nullable=False)
    updated_at = Column(DateTime(timezone=True), nullable=False)
    started_at = Column(DateTime(timezone=True))
    completed_at = Column(DateTime(timezone=True))
    error_message = Column(Text)
    attempts = Column(Integer, nullable=False, default=0)
    max_attempts = Column(Integer, nullable=False, default=3)
    celery_task_id = Column(String(255))


class PriceUpdateTracking(BaseTaskTracking):
    __tablename__ = "price_update_task_tracking"
    __table_args__ = (Index("idx_price_update_task_dates", "created_at", "completed_at"),)
```

## Fix safety
Safe: an index of a model changes no query; the next migration makes it. Written where `__table_args__` is a
plain tuple, or is not there yet.
"""

import ast
from collections.abc import Iterator

from trackwright_gen.diagnostics import Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.heads import class_rows
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Assigned, Scope
from trackwright_gen.source.tables import Table
from trackwright_gen.source.values import ClassValue, External, Missing

CODE = "TW304"
NAME = "missing-required-index"
_NAMES = {("status",): "status", ("created_at", "completed_at"): "dates"}
"""The required indexes, and the ends of their names (principles 2.3)."""


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per table, naming all indexes that are missing."""
    for table in project.tables.tracking:
        classes = [
            each.scope for each in project.names.ancestors(table.scope) if isinstance(each, ClassValue)
        ]
        if table.is_whole and _is_hand_written(project, table) and not any(map(_is_opaque, classes)):
            indexes = [index for each in classes for index in _indexes(each, table)]
            missing = [
                wanted for wanted in _NAMES if not any(index[: len(wanted)] == wanted for index in indexes)
            ]
            if missing:
                yield _finding(table, missing)


def _is_hand_written(project: SourceProject, table: Table) -> bool:
    above = project.names.ancestors(table.scope)[1:]
    return not any(
        isinstance(each, External | Missing)
        and each.dotted.endswith(("TaskTrackingMixin", "BaseTaskTracking"))
        for each in above
    )


def _is_opaque(class_: Scope) -> bool:
    """True where `__table_args__` is computed: what is in it cannot be read."""
    for binding in class_.bindings.get("__table_args__", ()):
        if not isinstance(binding, Assigned) or not isinstance(
            binding.value, ast.Tuple | ast.Dict | ast.List
        ):
            return True
        if isinstance(binding.value, ast.Tuple) and any(
            isinstance(each, ast.Starred) for each in binding.value.elts
        ):
            return True
    return False


def _indexes(class_: Scope, table: Table) -> Iterator[tuple[str, ...]]:
    for column in table.columns.values():
        if column.call is not None and any(
            each.arg in {"index", "unique"}
            and isinstance(each.value, ast.Constant)
            and each.value.value is True
            for each in column.call.keywords
        ):
            yield (column.name,)
    for scope in (class_, class_.module.scope):
        for call in scope.calls:
            if ast.unparse(call.func).rpartition(".")[2] in {"Index", "UniqueConstraint"}:
                named = call.args[1:] if ast.unparse(call.func).endswith("Index") else call.args
                yield tuple(_column(each) for each in named)


def _column(expression: ast.expr) -> str:
    """The column in `"status"`, `status`, `Model.status`, `Model.created_at.desc()`."""
    match expression:
        case ast.Constant(value=str(name)) | ast.Name(id=name):
            return name
        case ast.Call(func=ast.Attribute(value=inner)):
            return _column(inner)
        case ast.Call(args=[inner, *_]):
            return _column(inner)
        case ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _finding(table: Table, missing: list[tuple[str, ...]]) -> Finding:
    listed = " and ".join(f"({', '.join(columns)})" for columns in missing)
    shown = ", ".join(_index(table, columns) for columns in missing)
    message = (
        f"`{table.scope.name}` ({table.name}) has no index on {listed}; add to `__table_args__`: {shown}"
    )
    module, fix = table.scope.module, _fix(table, missing)
    return Finding(
        message, module.name_location(table.node), class_rows(table.node), domain=table.domain, fix=fix
    )


def _index(table: Table, columns: tuple[str, ...], index: str = "Index") -> str:
    named = ", ".join(f'"{each}"' for each in columns)
    return f'{index}("idx_{table.domain}_task_{_NAMES[columns]}", {named})'


def _fix(table: Table, missing: list[tuple[str, ...]]) -> Fix | None:
    module = table.scope.module
    available = edits.make_available(module, "sqlalchemy", "Index")
    if available is None:
        return None
    written = [_index(table, columns, available.name) for columns in missing]
    for binding in table.scope.bindings.get("__table_args__", ()):
        if isinstance(binding, Assigned) and isinstance(binding.value, ast.Tuple) and binding.value.elts:
            first = edits.insert_before(
                module, binding.value.elts[0], "".join(f"{each}, " for each in written)
            )
            return Fix("Add the indexes", (first, *available.edits), safe=True)
        return None
    for binding in table.scope.bindings.get("__tablename__", ()):
        if isinstance(binding, Assigned) and binding.value is not None:
            row = (binding.value.end_lineno or binding.value.lineno) + 1
            indent = " " * table.node.body[0].col_offset
            rows = [f"{indent}__table_args__ = ({', '.join(written)},)"]
            return Fix("Add the indexes", (edits.insert_rows(module, row, rows), *available.edits), safe=True)
    return None
