"""A tracked task dispatched without its tracking id.

## What it does
Finds dispatches of tracked tasks that do not carry the id of a row: `apply_async()`, `send_task("...")`, `si()` and
beat entries without arguments, and for tasks that move their row by hand, arguments that leave out the parameter
`tracking_id`. A `@tracked_task`'s own `delay(**fields)` creates its row and is fine.

## Why is this bad?
The message of a tracked task is its row. Without the id the worker raises a TypeError, and no row says so.

## Example
```python
from celery import shared_task
from app.services.price import PriceTrackingService


@shared_task
def update_price(tracking_id):
    service = PriceTrackingService()
    try:
        service.update_status(tracking_id, "PROCESSING")
        service.update_status(tracking_id, "COMPLETED")
    except Exception as error:
        service.update_status(tracking_id, "FAILED", str(error))
        raise


def start():
    update_price.delay()
```

## Use instead
```python
from celery import shared_task
from app.services.price import PriceTrackingService


@shared_task
def update_price(tracking_id):
    service = PriceTrackingService()
    try:
        service.update_status(tracking_id, "PROCESSING")
        service.update_status(tracking_id, "COMPLETED")
    except Exception as error:
        service.update_status(tracking_id, "FAILED", str(error))
        raise


def start():
    tracking_id = PriceTrackingService().create_tracking()
    update_price.delay(tracking_id)
```
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from trackwright_gen.lint.ancestry import rows_of
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.dispatches import Dispatch
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject

CODE = "TW503"
NAME = "tracking-id-not-passed"
_ID = "tracking_id"


@dataclass(frozen=True, slots=True)
class _Sent:
    """The arguments of a message, as far as they are written out."""

    count: int
    names: frozenset[str]


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per dispatch."""
    for sent in project.dispatches.all():
        if sent.job.tracked and _is_missing(sent):
            module, job = sent.scope.module, sent.job
            message = f"`{job.name}` is sent without the id of its tracking row; {_advice(job)}"
            yield Finding(
                message,
                module.location(sent.node),
                rows_of(module, sent.node),
                task=job.name,
                domain=job.domain,
            )


def _advice(job: Job) -> str:
    if job.verdict.declared:
        return "create and send in one with `service.enqueue(task, ...)`, or pass the row's id"
    return "create the row and pass what `create_tracking` gave"


def _is_missing(sent: Dispatch) -> bool:
    position = _position(sent.job)
    if (
        position is None
        or (sent.job.verdict.declared and sent.how == "delay")
        or sent.how in {"s", "signature"}
    ):
        return False
    arguments = _arguments(sent)
    return arguments is not None and arguments.count <= position and _ID not in arguments.names


def _position(job: Job) -> int | None:
    """Which argument of the message the id is; None where the task does not want one."""
    if job.verdict.declared:
        return 0 if "trackwright" in "".join(each.what for each in job.evidence) else None
    body = job.declaration.body
    if body is None or not isinstance(body.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    given = body.node.args
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    required = names[: len(names) - len(given.defaults)]
    if _ID not in required:
        return None
    return names.index(_ID) - (1 if job.bind else 0)


def _arguments(sent: Dispatch) -> _Sent | None:
    """What a dispatch passes on; None where that is computed."""
    if isinstance(sent.node, ast.Dict):
        if None in sent.node.keys:
            return None
        entry = {
            key.value: value
            for key, value in zip(sent.node.keys, sent.node.values, strict=True)
            if isinstance(key, ast.Constant)
        }
        return _listed(entry.get("args"), entry.get("kwargs"))
    call = sent.node
    if sent.how in {"delay", "si"}:
        if any(isinstance(each, ast.Starred) for each in call.args) or any(
            each.arg is None for each in call.keywords
        ):
            return None
        return _Sent(len(call.args), frozenset(each.arg for each in call.keywords if each.arg))
    if any(isinstance(each, ast.Starred) for each in call.args) or any(
        each.arg is None for each in call.keywords
    ):
        return None
    positional = call.args[1:] if sent.how == "send_task" else call.args
    named = {each.arg: each.value for each in call.keywords}
    args = positional[0] if positional else named.get("args")
    kwargs = positional[1] if len(positional) > 1 else named.get("kwargs")
    return _listed(args, kwargs)


def _listed(args: ast.expr | None, kwargs: ast.expr | None) -> _Sent | None:
    match args:
        case None | ast.Constant(value=None):
            count = 0
        case ast.Tuple(elts=values) | ast.List(elts=values) if not any(
            isinstance(each, ast.Starred) for each in values
        ):
            count = len(values)
        case _:
            return None
    match kwargs:
        case None | ast.Constant(value=None):
            return _Sent(count, frozenset())
        case ast.Dict(keys=keys) if all(isinstance(each, ast.Constant) for each in keys):
            return _Sent(count, frozenset(str(each.value) for each in keys if isinstance(each, ast.Constant)))
        case _:
            return None
