"""A tracking table with a foreign key to another domain's tracking table.

## What it does
Finds columns of tracking models with a foreign key to a tracking table other than their own.

## Why is this bad?
Domains are apart: each has its table, its migrations and its retention. A foreign key between two of them
makes one domain's clean-up fail on the other's rows. Dependencies of tasks live in the metadata:
`create_tracking(after=..., parent=...)`.

## Example
```python
from sqlalchemy import Column, ForeignKey, Integer
from app.models.base import BaseTaskTracking


class BookingTracking(BaseTaskTracking):
    __tablename__ = "booking_task_tracking"

    price_update_id = Column(Integer, ForeignKey("price_update_task_tracking.id"))
```

## Use instead
```python
from app.models.base import BaseTaskTracking


class BookingTracking(BaseTaskTracking):
    __tablename__ = "booking_task_tracking"


def start(db, price_update):
    BookingTrackingService(db).create_tracking(after=[price_update])
```
"""

import ast
from collections.abc import Iterator

from trackwright_gen.lint.ancestry import rows_of
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope, names_of_called
from trackwright_gen.source.tables import names_of_tables
from trackwright_gen.source.values import ClassValue, Text

CODE = "TW305"
NAME = "cross-domain-foreign-key"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per foreign key."""
    known = {table.name for table in project.tables.tracking}
    for table in project.tables.tracking:
        module = table.scope.module
        for key in _foreign_keys(table.scope):
            for target in _targets(project, key, table.scope):
                if target != table.name and (target in known or target.endswith("_task_tracking")):
                    message = (
                        f"{table.name} points at {target}: tracking tables of two domains know nothing of each "
                        "other; say what waits for what with create_tracking(after=..., parent=...)"
                    )
                    yield Finding(message, module.location(key), rows_of(module, key), domain=table.domain)


def _foreign_keys(class_: Scope) -> Iterator[ast.expr]:
    """What `ForeignKey(...)` and each column of `ForeignKeyConstraint([...], [...])` point at."""
    for scope in class_.walk():
        for call in scope.calls:
            names = names_of_called(call, scope)
            match next((each for each in names if each.startswith("ForeignKey")), ""), call.args:
                case "ForeignKey", [target, *_]:
                    yield target
                case "ForeignKeyConstraint", [
                    _,
                    ast.List(elts=[target, *_]) | ast.Tuple(elts=[target, *_]),
                    *_,
                ]:
                    yield target
                case _:
                    pass


def _targets(project: SourceProject, key: ast.expr, scope: Scope) -> Iterator[str]:
    if isinstance(key, ast.Attribute):
        for value in project.names.evaluate(key.value, scope):
            if isinstance(value, ClassValue):
                name = project.tables.table_name(value.scope)
                if name is not None:
                    yield name
    for value in project.names.evaluate(key, scope):
        if isinstance(value, Text):
            yield from names_of_tables(value.text)
