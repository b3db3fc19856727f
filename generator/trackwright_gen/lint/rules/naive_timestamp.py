"""A time without a zone in tracking code.

## What it does
Finds `datetime.utcnow`, and `datetime.now` without a zone, in tracking models, in tracking services and in the
bodies of tracked tasks.

## Why is this bad?
Such a time says nothing of its zone. Compared with the times of other machines, or with the database's, it is
off by hours; a lease ends too early, a retry comes too late, and a comparison with an aware time raises.

## Example
```python
from datetime import datetime
from sqlalchemy import Column, DateTime
from app.models.base import BaseTaskTracking


class PriceUpdateTracking(BaseTaskTracking):
    __tablename__ = "price_update_task_tracking"

    priced_at = Column(DateTime(timezone=True), default=datetime.utcnow)
```

## Use instead
```python
from datetime import timezone
from datetime import datetime
from sqlalchemy import Column, DateTime
from app.models.base import BaseTaskTracking


class PriceUpdateTracking(BaseTaskTracking):
    __tablename__ = "price_update_task_tracking"

    priced_at = Column(DateTime(timezone=True), default=lambda: datetime.now(timezone.utc))
```

## Fix safety
Safe as the default of a column that keeps the zone, `DateTime(timezone=True)`, for `utcnow`. Unsafe elsewhere:
what the time is compared with may have no zone either, and `now()` meant the local time.
"""

import ast
import re
from collections.abc import Iterator
from itertools import chain

from trackwright_gen.diagnostics import Edit, Fix
from trackwright_gen.lint import edits
from trackwright_gen.lint.ancestry import ancestors, rows_of
from trackwright_gen.lint.rule import Finding
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Module, Scope, Use
from trackwright_gen.source.values import ClassValue, external_name

CODE = "TW307"
NAME = "naive-timestamp"
_SHAPE = re.compile(rb"\butcnow\b|\.now\(\s*\)|=\s*[\w.]+\.now\b")
_NAIVE = frozenset({"datetime.datetime.utcnow", "datetime.datetime.now"})


def check(project: SourceProject) -> Iterator[Finding]:
    """One finding per use."""
    bodies = {job.declaration.body for job in project.jobs if job.tracked}
    of_jobs = dict.fromkeys(body.module for body in bodies if body is not None)
    tracking = project.search.modules(_SHAPE, hints=(b"utcnow", b".now"), beside=_of_tracking(project))
    # One after another: all of them together would stay in memory.
    for module in chain(of_jobs, (each for each in tracking if each not in of_jobs)):
        for use in module.uses:
            if use.role == "value" and _is_naive(project, use) and _is_tracking(project, use.scope, bodies):
                yield _finding(use)


def _of_tracking(project: SourceProject) -> re.Pattern[bytes]:
    """What is written wherever a class of tracking is."""
    bases = (base.scope.name.encode() for base in project.tables.bases)
    return re.compile(b"|".join((rb"[Tt]rack", *map(re.escape, bases))))


def _is_naive(project: SourceProject, use: Use) -> bool:
    if not isinstance(use.expression, ast.Attribute) or use.expression.attr not in {"utcnow", "now"}:
        return False
    if not any(external_name(each) in _NAIVE for each in project.names.evaluate(use.expression, use.scope)):
        return False
    call = _call_of(use)
    return call is None or not (call.args or call.keywords)


def _call_of(use: Use) -> ast.Call | None:
    parent = next(ancestors(use.scope.module, use.expression))
    return parent if isinstance(parent, ast.Call) and parent.func is use.expression else None


def _is_tracking(project: SourceProject, scope: Scope, bodies: set[Scope | None]) -> bool:
    inner: Scope | None = scope
    while inner is not None:
        if inner in bodies:
            return True
        if inner.kind == "class" and _is_tracking_class(project, inner):
            return True
        inner = inner.parent
    return False


def _is_tracking_class(project: SourceProject, class_: Scope) -> bool:
    if project.tables.of(class_) is not None or any(class_ is base.scope for base in project.tables.bases):
        return True
    names = [
        each.scope.name if isinstance(each, ClassValue) else (external_name(each) or "").rpartition(".")[2]
        for each in project.names.ancestors(class_)
    ]
    return any("Tracking" in name and name.endswith(("Service", "CRUD", "Mixin")) for name in names)


def _finding(use: Use) -> Finding:
    module, call = use.scope.module, _call_of(use)
    node = call or use.expression
    written = ast.unparse(use.expression)
    message = f"`{written}` has no time zone; take `datetime.now(timezone.utc)`"
    fix = _fix(module, use, call) if written.endswith(".utcnow") else None
    return Finding(message, module.location(node), rows_of(module, node), fix=fix)


def _fix(module: Module, use: Use, call: ast.Call | None) -> Fix | None:
    assert isinstance(use.expression, ast.Attribute)  # noqa: S101 -- only attributes are reported
    owner = ast.unparse(use.expression.value)
    zone = _zone(module, owner)
    if zone is None:
        return None
    name, imports = zone
    aware = f"{owner}.now({name})"
    change = (
        edits.replace(module, call, aware)
        if call
        else edits.replace(module, use.expression, f"lambda: {aware}")
    )
    return Fix("Take an aware time", (change, *imports), safe=_keeps_zone(module, use))


def _zone(module: Module, owner: str) -> tuple[str, tuple[Edit, ...]] | None:
    """The UTC of the module that `owner`, the class datetime, comes from."""
    if "." in owner:
        return f"{owner.rpartition('.')[0]}.timezone.utc", ()
    available = edits.make_available(module, "datetime", "timezone")
    return (f"{available.name}.utc", available.edits) if available else None


def _keeps_zone(module: Module, use: Use) -> bool:
    """True for the default of a column with a zone."""
    for outer in ancestors(module, use.expression):
        if isinstance(outer, ast.Call) and ast.unparse(outer.func).endswith(("Column", "mapped_column")):
            return any("timezone=True" in ast.unparse(each) for each in outer.args)
    return False
