"""A mapped class with an attribute called `metadata`.

## What it does
Finds columns that a declarative class binds to the name `metadata`.

## Why is this bad?
Every declarative class has a `metadata` of its own: the collection of all tables. SQLAlchemy refuses the class
when it is made. Only the attribute needs another name, the column keeps its own.

## Example
```python
from sqlalchemy import JSON, Column
from app.models.base import BaseTaskTracking


class BookingTracking(BaseTaskTracking):
    __tablename__ = "booking_task_tracking"

    metadata = Column(JSON)
```

## Use instead
```python
from sqlalchemy import JSON, Column
from app.models.base import BaseTaskTracking


class BookingTracking(BaseTaskTracking):
    __tablename__ = "booking_task_tracking"

    task_metadata = Column("metadata", JSON)
```

## Fix safety
Safe: the class could not be made before. A tracking model's attribute becomes `task_metadata`, another
model's `metadata_`; the column stays `metadata`.
"""

import ast
import re
from collections.abc import Iterator

from trackwright_gen.diagnostics import Edit, Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.ancestry import statement_of
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Assigned, Module, Scope
from trackwright_gen.source.values import External, Missing, Unknown, external_name

CODE = "TW306"
NAME = "reserved-metadata-attribute"
_SHAPE = re.compile(
    rb"^[ \t]+metadata[ \t]*(?::[^=\n]*\bMapped\b|(?::[^=\n]*)?=[ \t]*[(\\]?\s*\w[\w.]*\s*\()", re.MULTILINE
)
_MAPPING = re.compile(rb"Column\b|\bmapped_column\b|\bdeferred\b|\bcolumn_property\b|\bMapped\b")
_COLUMNS = frozenset({"Column", "mapped_column", "deferred", "column_property"})


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per class."""
    for module in project.search.modules(_SHAPE, hints=(b"metadata",), beside=_MAPPING):
        for class_ in module.classes:
            for binding in class_.bindings.get("metadata", ()):
                if (
                    isinstance(binding, Assigned)
                    and _is_column(project, binding, class_)
                    and _is_mapped(project, class_)
                ):
                    yield _finding(project, class_, binding)


def _is_mapped(project: SourceProject, class_: Scope) -> bool:
    """True for a declarative class; a mixin's attribute is refused only where it is mixed in, but always there."""
    return project.models.is_model(class_) or project.tables.of(class_) is not None


def _is_column(project: SourceProject, binding: Assigned, class_: Scope) -> bool:
    if isinstance(binding.value, ast.Call):
        for value in project.names.evaluate(binding.value.func, class_):
            name = external_name(value) or (
                value.name if isinstance(value, Unknown) else getattr(value, "name", "")
            )
            last = str(name).rpartition(".")[2]
            if last in _COLUMNS:
                return not isinstance(value, External | Missing) or value.dotted.startswith(
                    ("sqlalchemy", "flask")
                )
        return False
    return binding.annotation is not None and ast.unparse(binding.annotation).startswith(
        ("Mapped[", "orm.Mapped[")
    )


def _finding(project: SourceProject, class_: Scope, binding: Assigned) -> Finding:
    module = class_.module
    statement = statement_of(module, binding.value or binding.annotation or class_.node)
    is_tracking = project.tables.of(class_) is not None or class_.name in {"BaseTaskTracking", "TrackingBase"}
    wanted = "task_metadata" if is_tracking else "metadata_"
    message = f'`metadata` is reserved on declarative classes; write `{wanted} = Column("metadata", ...)`'
    changes = tuple(_edits(module, statement, binding, wanted))
    fix = Fix(f"Rename the attribute to {wanted}", changes, safe=True) if changes else None
    return Finding(
        message, module.location(statement), (statement.lineno, statement.end_lineno or 1), fix=fix
    )


def _edits(module: Module, statement: ast.stmt, binding: Assigned, wanted: str) -> Iterator[Edit]:
    call = binding.value
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    if not isinstance(call, ast.Call) or not isinstance(target, ast.Name):
        return
    named = any(each.arg == "name" for each in call.keywords)
    first = call.args[0] if call.args else None
    if first is None and not named:
        return
    yield edits.replace(module, target, wanted)
    if (
        first is not None
        and not named
        and not (isinstance(first, ast.Constant) and isinstance(first.value, str))
    ):
        yield edits.insert_before(module, first, '"metadata", ')
