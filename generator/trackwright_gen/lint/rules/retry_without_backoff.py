"""Retries at the same distance, however often the task has failed.

## What it does
Finds `self.retry(...)` of a Celery task with a fixed `countdown` or none, and `autoretry_for` without
`retry_backoff`.

## Why is this bad?
What failed is usually overloaded. Retries at a fixed distance come all at once, again and again, and keep it
down; with a growing one, most of them come when it is up again.

## Example
```python
from celery import shared_task


@shared_task(bind=True, max_retries=3)
def update_price(self, etf_id):
    try:
        print(etf_id)
    except OSError as error:
        raise self.retry(exc=error, countdown=60)
```

## Use instead
```python
from celery import shared_task


@shared_task(bind=True, max_retries=3)
def update_price(self, etf_id):
    try:
        print(etf_id)
    except OSError as error:
        raise self.retry(exc=error, countdown=60 * 2 ** self.request.retries)
```

## Fix safety
Unsafe: the second and later retries come later than before.
"""

import ast
from collections.abc import Iterator

from trackwright_gen.diagnostics import Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.ancestry import rows_of
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.jobs import Job, Option
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Module, Scope

CODE = "TW405"
NAME = "retry-without-backoff"


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per call of retry, and per declaration that retries by itself."""
    for job in project.jobs:
        if job.framework != "celery" or job.verdict.declared or _retries_once(job):
            continue
        automatic = job.option("autoretry_for")
        if automatic is not None and job.option("retry_backoff") is None and _catches_something(automatic):
            yield _automatic(job, automatic)
        for scope in job.declaration.body.walk() if job.declaration.body is not None else ():
            for call in scope.calls:
                if _is_retry(job, call):
                    yield from _by_hand(job, scope.module, call)


def _retries_once(job: Job) -> bool:
    limit = job.option("max_retries")
    return limit is not None and isinstance(limit.value, ast.Constant) and limit.value.value in {0, 1}


def _catches_something(option: Option) -> bool:
    return not (isinstance(option.value, ast.Tuple | ast.List) and not option.value.elts)


def _automatic(job: Job, option: Option) -> Finding:
    module = option.scope.module
    message = f"`{job.name}` is retried by itself at a fixed distance; add `retry_backoff=True`"
    change = edits.insert_after(module, option.value, ", retry_backoff=True")
    fix = Fix("Add retry_backoff", (change,), safe=False) if _is_keyword(job, option) else None
    return Finding(
        message, module.location(option.value), job.span, task=job.name, domain=job.domain, fix=fix
    )


def _is_keyword(job: Job, option: Option) -> bool:
    """True where the option is written as an argument, not as an attribute of a class."""
    return (
        isinstance(job.declaration.node, ast.FunctionDef | ast.AsyncFunctionDef)
        and option.scope.kind != "class"
    )


def _is_retry(job: Job, call: ast.Call) -> bool:
    """True for `self.retry(...)` and `the_task.retry(...)`."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr="retry"):
            body = job.declaration.body
            return body is not None and (name in {"self", body.name, _first_parameter(body)})
        case _:
            return False


def _first_parameter(function: Scope) -> str | None:
    node = function.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.args.posonlyargs or node.args.args):
        return (*node.args.posonlyargs, *node.args.args)[0].arg
    return None


def _by_hand(job: Job, module: Module, call: ast.Call) -> Iterator[Finding]:
    options = {each.arg: each.value for each in call.keywords}
    countdown = options.get("countdown")
    if "eta" in options or None in options or len(call.args) > 3:  # noqa: PLR2004 -- retry(args, kwargs, exc, ...)
        return
    if countdown is not None and not (
        isinstance(countdown, ast.Constant) and isinstance(countdown.value, int | float)
    ):
        return
    receiver = ast.unparse(call.func).removesuffix(".retry")
    growing = f"2 ** {receiver}.request.retries"
    if countdown is not None:
        wait = f"{ast.unparse(countdown)} * {growing}"
        change = edits.replace(module, countdown, wait)
    else:
        wait = f"{receiver}.default_retry_delay * {growing}"
        last = call.keywords[-1].value if call.keywords else call.args[-1] if call.args else None
        written = f"countdown={wait}"
        change = (
            edits.insert_after(module, last, f", {written}")
            if last
            else edits.replace(module, call, f"{ast.unparse(call.func)}({written})")
        )
    yield Finding(
        f"`{job.name}` is retried at a fixed distance; let it grow: `countdown={wait}`",
        module.location(call),
        rows_of(module, call),
        task=job.name,
        domain=job.domain,
        fix=Fix("Let the distance grow", (change,), safe=False),
    )
