"""A task that may be retried for ever.

## What it does
Finds `max_retries=None` where a Celery task is declared, in `retry_kwargs`, and in calls of `retry`.

## Why is this bad?
An error that does not go away is retried until somebody notices: the queue fills with the same message, and the
row never becomes FAILED.

## Example
```python
from celery import shared_task


@shared_task(bind=True, max_retries=None)
def update_price(self, etf_id):
    print(etf_id)
```

## Use instead
```python
from celery import shared_task


@shared_task(bind=True, max_retries=3)
def update_price(self, etf_id):
    print(etf_id)
```

## Fix safety
Unsafe: the task gives up after three retries, where it went on before.
"""

import ast
from collections.abc import Iterator

from trackwright_gen.diagnostics import Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.ancestry import rows_of
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Module

CODE = "TW404"
NAME = "unbounded-retry"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per limit that is None."""
    for job in project.jobs:
        if job.framework == "celery":
            for module, limit in _limits(job):
                if isinstance(limit, ast.Constant) and limit.value is None:
                    yield _finding(job, module, limit)


def _limits(job: Job) -> Iterator[tuple[Module, ast.expr]]:
    for option in job.declaration.options:
        if option.name == "max_retries":
            yield option.scope.module, option.value
        if option.name == "retry_kwargs" and isinstance(option.value, ast.Dict):
            for key, value in zip(option.value.keys, option.value.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "max_retries":
                    yield option.scope.module, value
    for scope in job.declaration.body.walk() if job.declaration.body is not None else ():
        for call in scope.calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr == "retry":
                yield from ((scope.module, each.value) for each in call.keywords if each.arg == "max_retries")


def _finding(job: Job, module: Module, limit: ast.expr) -> Finding:
    return Finding(
        f"`{job.name}` is retried for ever; set a limit, `max_retries=3`",
        module.location(limit),
        job.span
        if module.path == job.location.path and job.span[0] <= limit.lineno <= job.span[1]
        else rows_of(module, limit),
        task=job.name,
        domain=job.domain,
        fix=Fix("Limit to three retries", (edits.replace(module, limit, "3"),), safe=False),
    )
