"""A tracked task that swallows an error.

## What it does
Finds handlers of all errors (`except:`, `except Exception:`) in the body of a tracked task that neither record
the error on the row nor raise. A handler inside a loop, which passes over one item of many, is left alone.

## Why is this bad?
The task goes on as if nothing had happened, and its row says COMPLETED. The error is at best a line in a log
that nobody connects with the row.

## Example
```python
import logging

from app.celery_app import app
from app.db import Session
from app.models.price_update_tracking import PriceUpdateTracking
from trackwright.jobs import tracked_task


@tracked_task(app, PriceUpdateTracking, session_factory=Session)
def update_price(run):
    try:
        print(run.tracking.etf_id)
    except Exception:
        logging.exception("no price")
```

## Use instead
```python
import logging

from app.celery_app import app
from app.db import Session
from app.models.price_update_tracking import PriceUpdateTracking
from trackwright.jobs import tracked_task


@tracked_task(app, PriceUpdateTracking, session_factory=Session)
def update_price(run):
    try:
        print(run.tracking.etf_id)
    except Exception:
        logging.exception("no price")
        raise
```
"""

import ast
import re
from collections.abc import Iterator

from trackwright_gen.lint.ancestry import ancestors
from trackwright_gen.lint.paths import calls_in
from trackwright_gen.lint.rule import Finding
from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope

CODE = "TW403"
NAME = "error-not-recorded"
_BROAD = frozenset({"Exception", "BaseException"})
_RECORDS = re.compile(r"fail|track|record|handle_.*error|abort|cancel|retry|reject|raise|exit", re.IGNORECASE)
_FIELDS = frozenset({"error_message", "status", "error"})


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per handler; where the row is left PROCESSING, TW103 says so already."""
    for job in project.jobs:
        body = job.declaration.body
        if job.tracked and body is not None:
            for scope in body.walk():
                for handler in _handlers(scope):
                    if _swallows(project, handler, scope) and not _passes_over_one(scope, handler):
                        yield _finding(job, scope, handler)


def _handlers(scope: Scope) -> Iterator[ast.ExceptHandler]:
    if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
        inner = {each for child in scope.children for each in ast.walk(child.node)}
        for node in ast.walk(scope.node):
            if isinstance(node, ast.ExceptHandler) and node not in inner and _is_broad(node.type):
                yield node


def _is_broad(kind: ast.expr | None) -> bool:
    match kind:
        case None:
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _BROAD
        case ast.Tuple(elts=kinds):
            return any(_is_broad(each) for each in kinds)
        case _:
            return False


def _swallows(project: SourceProject, handler: ast.ExceptHandler, scope: Scope) -> bool:
    for node in ast.walk(handler):
        if isinstance(node, ast.Raise):
            return False
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in _FIELDS:
            return False
    for call in calls_in(handler):
        if _RECORDS.search(ast.unparse(call.func).rpartition(".")[2]) or project.tracking.effect(call, scope):
            return False
    return not _is_kept(handler)


def _is_kept(handler: ast.ExceptHandler) -> bool:
    """True where the handler keeps the error for later: `failure = error`, `errors.append(error)`."""
    if handler.name is None:
        return False
    for node in ast.walk(handler):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Name)
            and node.value.id == handler.name
        ):
            return True
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in {"append", "add"}
        and handler.name in ast.unparse(call)
        for call in calls_in(handler)
    )


def _passes_over_one(scope: Scope, handler: ast.ExceptHandler) -> bool:
    return any(
        isinstance(each, ast.For | ast.AsyncFor | ast.While) for each in ancestors(scope.module, handler)
    )


def _finding(job: Job, scope: Scope, handler: ast.ExceptHandler) -> Finding:
    column = handler.col_offset + 1
    place = Location(scope.module.path, handler.lineno, column, handler.lineno, column + len("except"))
    message = f"`{job.name}` swallows every error here and its row says COMPLETED; raise, or record it: " + (
        "`raise`" if job.verdict.declared else "`handle_task_error(self, tracking_id, error)`"
    )
    return Finding(message, place, (handler.lineno, handler.lineno), task=job.name, domain=job.domain)
