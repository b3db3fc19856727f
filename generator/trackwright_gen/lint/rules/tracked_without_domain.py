"""Tracking whose domain has no table and no spec.

## What it does
Finds tasks that move a row by hand where the domain they name, with `domain="..."`, has neither a tracking
table in the project nor a spec.

## Why is this bad?
The row such a task wants to move cannot exist: the first run fails, or the status goes to another domain's
table. Usually the name is misspelt, or the table was renamed.

## Example
```python
from celery import shared_task
from trackwright.jobs.handwritten import handle_task_error, update_task_status


@shared_task(bind=True)
def update_price(self, tracking_id):
    try:
        update_task_status(tracking_id, "PROCESSING", domain="prize_update")
        update_task_status(tracking_id, "COMPLETED", domain="prize_update")
    except Exception as error:
        handle_task_error(self, tracking_id, error, domain="prize_update")
```

## Use instead
```python
from celery import shared_task
from app.base import BaseTaskTracking
from trackwright.jobs.handwritten import handle_task_error, update_task_status


class PriceUpdateTracking(BaseTaskTracking):
    __tablename__ = "price_update_task_tracking"


@shared_task(bind=True)
def update_price(self, tracking_id):
    try:
        update_task_status(tracking_id, "PROCESSING", domain="price_update")
        update_task_status(tracking_id, "COMPLETED", domain="price_update")
    except Exception as error:
        handle_task_error(self, tracking_id, error, domain="price_update")
```
"""

import difflib
from collections.abc import Iterator

from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject

CODE = "TW104"
NAME = "tracked-without-domain"
DEFAULT = False


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per task that is tracked under a domain nobody knows."""
    known = {*project.tables.domains, *project.specs}
    for job in project.jobs:
        if job.tracked and job.domain is not None and job.domain not in known:
            near = difflib.get_close_matches(job.domain, sorted(known), n=1)
            advice = (
                f"did you mean {near[0]!r}?" if near else f"`trackwright new {job.domain}` starts its spec"
            )
            message = f"`{job.name}` is tracked as {job.domain!r}, which has no table and no spec; {advice}"
            yield Finding(message, job.location, job.span, task=job.name, domain=job.domain)
