"""A background job of another framework than Celery without tracking.

## What it does
Finds what RQ, APScheduler, FastAPI's and Starlette's BackgroundTasks, Dramatiq, Huey and Procrastinate run in
the background, where no tracking record stands behind it. A Celery task that such a framework is given is
TW101's business.

## Why is this bad?
A background job that fails, or dies with its process, leaves no trace. Work after a response is the worst:
no broker holds it, so a restart of the server loses it.

## Example
```python
from fastapi import BackgroundTasks, FastAPI

api = FastAPI()


def send_receipt(order_id):
    print(order_id)


@api.post("/orders/{order_id}")
def order(order_id: int, background_tasks: BackgroundTasks):
    background_tasks.add_task(send_receipt, order_id)
```

## Use instead
```python
from fastapi import FastAPI
from app.db import Session
from app.services.receipt import ReceiptTrackingService
from app.tasks.receipt import send_receipt

api = FastAPI()


@api.post("/orders/{order_id}")
def order(order_id: int):
    with Session() as db:
        ReceiptTrackingService(db).enqueue(send_receipt, order_id=order_id, commit=True)
```
"""

from collections.abc import Iterator

from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject

CODE = "TW102"
NAME = "untracked-background-job"
_SPOKEN = {
    "rq": "RQ job",
    "apscheduler": "APScheduler job",
    "background_tasks": "work after the response",
    "dramatiq": "Dramatiq actor",
    "huey": "Huey task",
    "procrastinate": "Procrastinate task",
}


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per job that is not tracked."""
    tasks = {job.declaration.body for job in project.jobs if job.framework == "celery"} - {None}
    for job in project.jobs:
        if job.framework != "celery" and not job.tracked and job.declaration.body not in tasks:
            kind = _SPOKEN.get(job.framework, f"{job.framework} job")
            message = (
                f"{kind} `{job.name}` has no tracking; make it a tracked task of its domain and enqueue that"
            )
            yield Finding(message, job.location, job.span, task=job.name, domain=job.domain)
