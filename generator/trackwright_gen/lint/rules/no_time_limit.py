"""A tracked task that may run for ever.

## What it does
Finds tracked Celery tasks with neither `soft_time_limit` nor `time_limit`, in projects whose Celery settings
have none for all tasks.

## Why is this bad?
A task that hangs holds its worker and its row's lease until somebody kills it. With a limit it fails, and its
row says why.

## Example
```python
from app.celery_app import app
from app.db import Session
from app.models.price_update_tracking import PriceUpdateTracking
from trackwright.jobs import tracked_task


@tracked_task(app, PriceUpdateTracking, session_factory=Session)
def update_price(run):
    print(run.tracking.etf_id)
```

## Use instead
```python
from app.celery_app import app
from app.db import Session
from app.models.price_update_tracking import PriceUpdateTracking
from trackwright.jobs import tracked_task


@tracked_task(app, PriceUpdateTracking, session_factory=Session, soft_time_limit=300, time_limit=330)
def update_price(run):
    print(run.tracking.etf_id)
```
"""

import ast
import re
from collections.abc import Iterator

from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject

CODE = "TW406"
NAME = "no-time-limit"
DEFAULT = False
_FOR_ALL = re.compile(rb"\b(?:task_(?:soft_)?time_limit|CELERYD?_(?:TASK_)?(?:SOFT_)?TIME_LIMIT)\b")
_HINTS = (b"time_limit", b"TIME_LIMIT")


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per task."""
    found = [
        job for job in project.jobs if job.framework == "celery" and job.tracked and not _is_limited(job)
    ]
    if found and not project.search.occurs(_FOR_ALL, hints=_HINTS):
        for job in found:
            message = (
                f"`{job.name}` may run for ever; give it `soft_time_limit=` and `time_limit=`, in seconds"
            )
            yield Finding(message, job.location, job.span, task=job.name, domain=job.domain)


def _is_limited(job: Job) -> bool:
    options = (job.option("soft_time_limit"), job.option("time_limit"))
    return any(
        each is not None and not (isinstance(each.value, ast.Constant) and each.value.value is None)
        for each in options
    )
