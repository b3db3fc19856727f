"""A new table for the status of every kind of task.

## What it does
Finds mapped classes with a column that says the kind of a task (`task_type`, `job_type`, `task_name`) beside its
status, under whatever name.

## Why is this bad?
It is the legacy table again: nothing in it fits any kind of task, all kinds lock each other out of it, and
no domain owns it. Each domain gets a tracking table of its own.

## Example
```python
from sqlalchemy import Column, Integer, String
from app.db.base import Base


class JobLog(Base):
    __tablename__ = "job_log"

    id = Column(Integer, primary_key=True)
    task_type = Column(String(50))
    status = Column(String(20))
```

## Use instead
```python
from app.db.base import Base
from trackwright import TaskTrackingMixin


class PriceUpdateTracking(TaskTrackingMixin, Base):
    __tablename__ = "price_update_task_tracking"
```
"""

import re
from collections.abc import Iterator

from trackwright_gen.lint.heads import class_rows
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.tables import statement_of_class

CODE = "TW308"
NAME = "generic-status-model"
_SHAPE = re.compile(rb"^[ \t]+(?:task_type|job_type|task_kind|job_kind)[ \t]*[:=]", re.MULTILINE)
_HINTS = (b"task_type", b"job_type", b"task_kind", b"job_kind")
_KINDS = frozenset(each.decode() for each in _HINTS)
_STATES = frozenset({"status", "state", "task_status", "job_status"})


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per model; a legacy model is TW201's."""
    for module in project.search.modules(_SHAPE, hints=_HINTS):
        for class_ in module.classes:
            if _is_generic(project, class_):
                message = (
                    f"`{class_.name}` holds the status of every kind of task; give each domain its own tracking "
                    "table: `trackwright new DOMAIN`"
                )
                node = statement_of_class(class_)
                yield Finding(message, module.name_location(node), class_rows(node))


def _is_generic(project: SourceProject, class_: Scope) -> bool:
    if not project.models.is_model(class_) or project.models.is_legacy_class(class_):
        return False
    columns = project.tables.columns(class_)
    own = {column.name for column in columns.values() if column.owner is class_}
    return bool(own & _KINDS) and bool(columns.keys() & _STATES)
