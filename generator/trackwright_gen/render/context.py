"""What the templates of a domain receive: plain data, every piece of code in it made by us, none pasted."""

import dataclasses
from typing import Any

from trackwright_gen.plan.modules import Modules
from trackwright_gen.plan.table import Check, Index, Table, Unique
from trackwright_gen.project.model import Project
from trackwright_gen.render.fields import enum_snippets, field_snippets
from trackwright_gen.spec.model import DomainSpec, TaskSpec
from trackwright_gen.spec.naming import Names, lookup_name
from trackwright_gen.spec.sql import for_text_clause
from trackwright_gen.spec.type_source import type_source

_DEFAULT_ATTEMPTS = 3


def domain_context(spec: DomainSpec, names: Names, table: Table, project: Project) -> dict[str, Any]:
    """Build the context of all templates of one domain."""
    uses = [names.use(name, field) for name, field in spec.fields.items()]
    snippets = [field_snippets(use, table, spec) for use in uses]
    imports = sorted({str(needed) for one in snippets for needed in one.imports})
    by_name = {one.values["name"]: one.values for one in snippets}
    modules = Modules.of(project, names)
    return {
        "domain": spec.domain,
        "description": spec.description or f"Tracked tasks of {spec.domain.replace('_', ' ')}.",
        "names": dataclasses.asdict(names),
        "modules": dataclasses.asdict(modules),
        "tracking_base": dataclasses.asdict(project.tracking_base),
        "session": dataclasses.asdict(project.session.factory),
        "celery": dataclasses.asdict(project.celery),
        "is_async": project.session.is_async,
        "fields": [one.values for one in snippets],
        "enums": [enum_snippets(use) for use in uses if use.spec.type == "enum"],
        "field_imports": imports,
        "table_args": _table_args(table),
        "max_attempts": spec.task.retry.max_attempts,
        "adopted": spec.adopt and spec.adopt.table,
        "legacy": spec.legacy and spec.legacy.model_dump(),
        "runs_anyway": spec.dependencies.enabled and spec.dependencies.on_failure == "run",
        "own_attempts": spec.task.retry.max_attempts != _DEFAULT_ATTEMPTS,
        "lookups": _lookups(spec, by_name),
        "task": _task(spec.task, is_async_project=project.session.is_async),
        "retention": {key: _days(value) for key, value in spec.retention.model_dump().items()},
        "kept": ", ".join(f"{key}={_in_days(value)}" for key, value in spec.retention.model_dump().items()),
        "columns": [_column_row(column) for column in table.columns],
    }


def _table_args(table: Table) -> list[str]:
    own_checks = [check for check in table.checks if not check.core]
    own_indexes = [index for index in table.indexes if not index.core]
    return [
        *(_unique(unique) for unique in table.uniques),
        *(_check(check) for check in own_checks),
        *(_index(index) for index in own_indexes),
    ]


def _unique(unique: Unique) -> str:
    return f"UniqueConstraint({', '.join(map(repr, unique.columns))}, name=conv({unique.name!r}))"


def _check(check: Check) -> str:
    return f"CheckConstraint({for_text_clause(check.condition)!r}, name=conv({check.name!r}))"


def _index(index: Index) -> str:
    parts = [f"conv({index.name!r})", *map(repr, index.columns)]
    if index.unique:
        parts.append("unique=True")
    if index.where is not None:
        where = f"text({for_text_clause(index.where)!r})"
        parts += [f"postgresql_where={where}", f"sqlite_where={where}"]
    return f"Index({', '.join(parts)})"


def _lookups(spec: DomainSpec, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """The sets of fields by which at most one row can be found."""
    single = [((name,), None) for name, field in spec.fields.items() if field.unique]
    rules = [*single, *((unique.fields, unique.while_) for unique in spec.unique)]
    found: list[dict[str, Any]] = []
    for names, condition in rules:
        if any(name not in fields for name in names):
            continue  # a core column among them: the row's id or its Celery id already find it
        found.append(
            {
                "method": lookup_name(names, active=condition is not None),
                "fields": [fields[name] for name in names],
                "active": condition is not None,
                "comes_again": not any(set(other) <= set(names) for other, always in rules if always is None),
            }
        )
    return found


def _task(task: TaskSpec, *, is_async_project: bool) -> dict[str, Any]:
    retry = task.retry
    errors = (*retry.retry_on, *retry.give_up_on)
    factor = "" if retry.backoff == "exponential" else ", factor=1, jitter=False"
    return {
        "is_async": task.async_,
        "run": "AsyncTaskRun" if task.async_ and is_async_project else "TaskRun",
        "awaits_session": task.async_ and is_async_project,
        "queue": task.queue,
        "soft": task.timeout.soft,
        "hard": task.timeout.hard,
        "stale_after": task.stale_after,
        "backoff": f"Backoff(base={retry.base}, cap={retry.cap}{factor})",
        "retry_on": list(retry.retry_on),
        "give_up_on": list(retry.give_up_on),
        "error_modules": sorted({name.rpartition(".")[0] for name in errors if "." in name}),
        "retries_at_once": retry.base == 0,
        "test_error": next(iter(retry.retry_on), "Exception"),
    }


def _days(seconds: int | None) -> str:
    return "for ever" if seconds is None else f"{seconds / 86400:g} days"


def _in_days(seconds: int | None) -> str:
    """A length of time as code that says how many days it is."""
    if seconds is None:
        return "None"
    days, rest = divmod(seconds, 86400)
    return f"{seconds} / 86400" if rest else f"{days}"


def _column_row(column: Any) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": type_source(column.type).text.removesuffix("()"),
        "required": not column.nullable,
        "core": column.core,
        "comment": column.comment or "",
    }
