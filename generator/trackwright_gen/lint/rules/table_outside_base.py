"""A tracking table that does not stand on the base.

## What it does
Finds models of `*_task_tracking` tables, and of `*_tracking` tables with a task's columns, that do not inherit
the tracking base (`TaskTrackingMixin`, or the project's base made with it).

## Why is this bad?
Such a table has its own idea of status, attempts and times. The services, the sweep, the metrics and the
dashboards know the base structure only.

## Example
```python
from sqlalchemy import Column, DateTime, Index, Integer, String, Text
from app.db.base import Base


class PriceUpdateTracking(Base):
    __tablename__ = "price_update_task_tracking"
    __table_args__ = (Index("idx_price_update_task_dates", "created_at", "completed_at"),)

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
```

## Use instead
```python
from app.db.base import Base
from trackwright import TaskTrackingMixin


class PriceUpdateTracking(TaskTrackingMixin, Base):
    __tablename__ = "price_update_task_tracking"
```
"""

from collections.abc import Iterator

from trackwright_gen.lint.heads import class_rows
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject

CODE = "TW301"
NAME = "table-outside-base"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per model."""
    for table in project.tables.tracking:
        if not table.on_base and table.is_whole:
            message = (
                f"`{table.scope.name}` ({table.name}) does not stand on the tracking base; "
                f"inherit TaskTrackingMixin, or the project's base made with it"
            )
            module = table.scope.module
            yield Finding(
                message, module.name_location(table.node), class_rows(table.node), domain=table.domain
            )
