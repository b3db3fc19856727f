"""An `async def` task that Celery never awaits.

## What it does
Finds `async def` functions declared as plain Celery tasks, with nothing between Celery and the function that
could run a coroutine: no other decorator, no base class of its own, no pool for coroutines.

## Why is this bad?
Celery calls the function, gets a coroutine, throws it away and says SUCCESS. The body never runs.

## Example
```python
from celery import shared_task


@shared_task
async def update_price(etf_id):
    print(etf_id)
```

## Use instead
```python
from app.celery_app import app
from app.db import AsyncSession
from app.models.price_update_tracking import PriceUpdateTracking
from trackwright.jobs import tracked_task


@tracked_task(app, PriceUpdateTracking, session_factory=AsyncSession)
async def update_price(run):
    print(run.tracking.etf_id)
```
"""

import re
from collections.abc import Iterator

from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.values import ClassValue, FunctionValue, InstanceValue, Made

CODE = "TW401"
NAME = "async-task-never-awaited"
_POOLS = re.compile(rb"\b(?:celery_aio_pool|celery_pool_asyncio|aio_celery|celery_asyncio)\b")
_POOL_HINTS = (b"celery_aio_pool", b"celery_pool_asyncio", b"aio_celery", b"celery_asyncio")


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per task; none where the project runs a pool for coroutines."""
    found = [job for job in project.jobs if job.framework == "celery" and job.is_async and _is_plain(job)]
    if found and not project.search.occurs(_POOLS, hints=_POOL_HINTS):
        for job in found:
            message = (
                f"Celery never awaits `{job.name}`: its body does not run; use `@tracked_task`, which does, "
                "or put `@awaited` below the task's decorator"
            )
            yield Finding(message, job.location, job.span, task=job.name, domain=job.domain)


def _is_plain(job: Job) -> bool:
    """True if the function goes to Celery as it is."""
    body = job.declaration.body
    if job.verdict.declared or body is None or body.kind != "function" or job.option("base") is not None:
        return False
    if len(body.decorators) > 1:
        return False
    return not any(_may_run_it(each) for each in job.declaration.through)


def _may_run_it(value: object) -> bool:
    """A project's own wrapper may run what it is given."""
    match value:
        case FunctionValue() | ClassValue() | InstanceValue():
            return True
        case Made(by, _, _):
            return _may_run_it(by)
        case _:
            return False
