"""A Celery task without tracking.

## What it does
Finds Celery tasks that no tracking record stands behind: they are not declared with `@tracked_task`
or `base=TrackedTask`, and neither their body nor a project function it calls (three calls deep) moves
a row to PROCESSING and on to COMPLETED or FAILED through a tracking service.

## Why is this bad?
Nobody can say whether such a task ran, is running, failed or was lost with its worker. The broker
forgets, and the result backend expires. Every task needs a row in its domain's tracking table.

## Example
```python
from celery import shared_task


@shared_task
def update_price(etf_id):
    return etf_id
```

## Use instead
```python
from app.celery_app import app
from app.db import Session
from app.models.price_update_tracking import PriceUpdateTracking
from trackwright.jobs import tracked_task


@tracked_task(app, PriceUpdateTracking, session_factory=Session)
def update_price(run):
    return run.tracking.etf_id
```
"""

from collections.abc import Iterator

from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject

CODE = "TW101"
NAME = "untracked-task"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per Celery task that is not tracked."""
    for job in project.jobs:
        if job.framework == "celery" and not job.tracked:
            yield Finding(_message(job), job.location, job.span, task=job.name, domain=job.domain)


def _message(job: Job) -> str:
    said = f"Celery task `{job.name}` has no tracking"
    if not job.evidence:
        return said
    seen = job.evidence[0]
    return f"{said}: only `{seen.what}` was found ({seen.path.name}:{seen.line}), not a start and an end"
