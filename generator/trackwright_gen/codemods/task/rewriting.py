"""One legacy task and everything that has to do with it, planned as edits of files; all of it or nothing."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trackwright_gen.codemods.field_types import type_of_column
from trackwright_gen.codemods.kinds import Kind, row_parameter
from trackwright_gen.codemods.retry_policy import CELERY_DELAY, retry_policy
from trackwright_gen.codemods.sightings import STATES, Creation, own_nodes, text_values
from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.file_edits import FileEdits
from trackwright_gen.codemods.task.left_alone import CannotRewriteError, Reason
from trackwright_gen.codemods.task.looking_up import lookup_edits
from trackwright_gen.codemods.task.sending import Sending
from trackwright_gen.codemods.task.session_use import factories
from trackwright_gen.codemods.task.target import Target
from trackwright_gen.source.dispatches import Dispatch
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import FunctionValue

_CARRIED = frozenset(
    {
        "bind",
        "name",
        "max_retries",
        "default_retry_delay",
        "soft_time_limit",
        "time_limit",
        "queue",
        "acks_late",
    }
    | {
        "ignore_result",
        "autoretry_for",
        "retry_backoff",
        "retry_backoff_max",
        "retry_jitter",
        "retry_kwargs",
        "shared",
    }
)
"""Options that the spec says, that only retries need, or that tracked tasks have by themselves."""


@dataclass(slots=True)
class TaskPlan:
    """The edits that move one task.

    Attributes:
        job: the task.
        target: the domain it moves to.
        facts: what its body's rewriting needs to know.
        edits: per file.
        notes: what a person should know about.
    """

    job: Job
    target: Target
    facts: Facts
    edits: dict[Path, FileEdits] = field(default_factory=dict[Path, FileEdits])
    notes: list[Reason] = field(default_factory=list[Reason])

    def of(self, path: Path) -> FileEdits:
        """The edits of one file."""
        return self.edits.setdefault(path, FileEdits())


def plan_task(
    project: SourceProject, kind: Kind, job: Job, target: Target, dispatches: list[Dispatch]
) -> TaskPlan:
    """Plan the move of one task.

    Raises:
        CannotRewriteError: one use cannot be rewritten safely.
    """
    body = _function(job)
    _check_domain(kind, job, target)
    plan = TaskPlan(job, target, _facts(project, kind, job, target, body))
    _check_policy(project, job, target, plan)
    sending = Sending(
        target,
        type_column=kind.type_column,
        texts=_texts(project, kind, target),
        row=plan.facts.row_parameter,
    )
    _plan_dispatches(kind, plan, sending, dispatches)
    _plan_lookups(project, kind, plan)
    _plan_references(project, plan, dispatches)
    old = plan.of(body.module.path)
    old.removed.add(body.name)
    old.gone |= _names_of(body)
    for edits in plan.edits.values():
        edits.gone |= {name.partition(".")[0] for name in _model_names(project, kind)}
    return plan


def _function(job: Job) -> Scope:
    body = job.declaration.body
    assert body is not None  # noqa: S101 -- the kinds' tasks are functions that use the model
    if body.parent is None or body.parent.kind != "module":
        raise CannotRewriteError("it is not at the top of its module", job.location)
    if job.is_async:
        raise CannotRewriteError("it is async", job.location)
    if len(body.decorators) != 1:
        raise CannotRewriteError("it is not declared by one decorator alone", job.location)
    for option in job.declaration.options:
        if option.name not in _CARRIED:
            raise CannotRewriteError(
                f"it is declared with {option.name}=, which the domain's task does not have", job.location
            )
    return body


def _check_domain(kind: Kind, job: Job, target: Target) -> None:
    if (kind.table, kind.task_type) != (target.table, target.task_type):
        of = f"{kind.table}, {kind.task_type!r}" if kind.task_type else kind.table
        raise CannotRewriteError(
            f"its rows are those of {of}, which `legacy:` of {target.domain} does not say", job.location
        )
    if target.is_async_project:
        raise CannotRewriteError(
            "the project's sessions are async: only sync code is rewritten", job.location
        )


def _facts(project: SourceProject, kind: Kind, job: Job, target: Target, body: Scope) -> Facts:
    node = body.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101 -- `_function` said so
    plain = [*node.args.posonlyargs, *node.args.args]
    delay = job.option("default_retry_delay")
    value = getattr(delay.value, "value", None) if delay else None
    names = {
        ast.unparse(part)
        for use in body.module.uses
        if (part := project.models.legacy_part(use.expression, use.scope)) is not None
    }
    return Facts(
        function=body.name,
        self_name=plain[0].arg if job.bind and plain else None,
        row_parameter=row_parameter(project, kind, job),
        model_names=frozenset(names),
        factories=factories(project, body, target),
        counters=frozenset(column for column, place in target.columns.items() if place == "attempts"),
        default_delay=value if isinstance(value, int) else CELERY_DELAY,
        constants=_constants(project, body),
        target=target,
        location=job.location,
    )


def _constants(project: SourceProject, body: Scope) -> Mapping[str, str]:
    """Status words that are not written as literals."""
    found: dict[str, str] = {}
    for scope in body.walk():
        for node in own_nodes(scope):
            match node:
                case ast.Assign(targets=[ast.Attribute(attr=column)], value=value) if column in STATES:
                    for text in text_values(project, value, scope):
                        found[ast.unparse(value)] = text
                case _:
                    pass
    return found


def _check_policy(project: SourceProject, job: Job, target: Target, plan: TaskPlan) -> None:
    policy = retry_policy(project, job)
    wanted = {
        "max_attempts": (policy.max_attempts, target.max_attempts),
        "retry_on": (set(policy.retry_on), set(target.retry_on)),
        "give_up_on": (set(policy.give_up_on), set(target.give_up_on)),
    }
    for key, (here, there) in wanted.items():
        unread = key == "max_attempts" and any("how often" in text for text, _ in policy.questions)
        if here != there and not unread:
            shown = ", ".join(sorted(here)) if isinstance(here, set) else str(here)
            raise CannotRewriteError(
                f"its retries come to {key}: {f'[{shown}]' if isinstance(here, set) else shown}; "
                f"the spec of {target.domain} says otherwise. Put it there and generate again",
                job.location,
            )
    plan.notes += [Reason(text, place) for text, place in policy.questions]


def _texts(project: SourceProject, kind: Kind, target: Target) -> tuple[str, ...]:
    """Columns that are text in the legacy table while the field is of another type."""
    columns = project.tables.columns(kind.model)
    found: list[str] = []
    for legacy, name in target.columns.items():
        column = columns.get(legacy)
        stored = type_of_column(column.call) if column is not None and column.call is not None else None
        if stored is None or stored.name not in {"string", "text"} or name not in target.fields:
            continue
        if target.fields[name].type not in {"string", "text", "enum"}:
            found.append(legacy)
    return tuple(found)


def _plan_dispatches(kind: Kind, plan: TaskPlan, sending: Sending, dispatches: list[Dispatch]) -> None:
    job, body = plan.job, plan.job.declaration.body
    creations: dict[Scope, Creation] = {}
    for each in (
        one for sighting in kind.sightings if sighting.scope is not body for one in sighting.creations
    ):
        if each.scope in creations:
            raise CannotRewriteError("a second row is made in one function", each.location)
        creations[each.scope] = each
    for sent in dispatches:
        if sent.job is not job or sent.scope is body:
            continue
        place = sent.scope.module.location(sent.node)
        if sent.how not in {"delay", "apply_async"}:
            what = "a beat schedule sends it" if sent.how == "beat" else f"it is sent by {sent.how}"
            raise CannotRewriteError(f"{what}, without a row: enqueue it from a task of your own", place)
        creation = creations.pop(sent.scope, None)
        made = sending.alone(sent) if creation is None else sending.with_row(creation, sent)
        plan.of(sent.scope.module.path).add(made)
    for left in creations.values():
        raise CannotRewriteError("a row is made here and its task is sent elsewhere", left.location)


def _plan_lookups(project: SourceProject, kind: Kind, plan: TaskPlan) -> None:
    body = plan.job.declaration.body
    for sighting in kind.sightings:
        if sighting.scope is body or sighting.scope.kind == "module" or sighting.creations:
            continue
        if any(other.declaration.body is sighting.scope for other in kind.jobs):
            raise CannotRewriteError(f"{sighting.scope.qualname} writes the same rows", sighting.location)
        if plan.target.adopted is not None and not sighting.written:
            continue  # the model of old reads the rows where they are now
        texts = _texts(project, kind, plan.target)
        plan.of(sighting.scope.module.path).add(lookup_edits(project, sighting, plan.target, texts))


def _plan_references(project: SourceProject, plan: TaskPlan, dispatches: list[Dispatch]) -> None:
    """Imports of the task follow it; any other use of it stands in the way."""
    body = plan.job.declaration.body
    assert body is not None  # noqa: S101 -- it is a function
    word = re.compile(rb"\b" + re.escape(body.name.encode()) + rb"\b")
    sent = {
        id(each.node.func) for each in dispatches if each.job is plan.job and isinstance(each.node, ast.Call)
    }
    for module in project.search.modules(word, hints=(body.name.encode(),)):
        for use in module.uses:
            is_own = use.scope in set(body.walk())
            if (
                not is_own
                and id(use.expression) not in sent
                and _leads_to(project, use.expression, use.scope, body)
            ):
                raise CannotRewriteError(
                    f"it is used as `{ast.unparse(use.expression)}`", module.location(use.expression)
                )
        for each in module.imports:
            name = each.alias.asname or each.alias.name
            if FunctionValue(body) in project.names.lookup(name, each.scope):
                _follow_import(plan, each.alias, each.scope)


def _leads_to(project: SourceProject, expression: ast.expr, scope: Scope, body: Scope) -> bool:
    """True if an expression, or what it is an attribute of, is the task."""
    part: ast.expr | None = expression
    while part is not None:
        if FunctionValue(body) in project.names.evaluate(part, scope):
            return True
        part = part.value if isinstance(part, ast.Attribute) else None
    return False


def _follow_import(plan: TaskPlan, alias: ast.alias, scope: Scope) -> None:
    if scope.kind != "module" or alias.asname:
        raise CannotRewriteError(
            f"it is imported as `{alias.asname or alias.name}` inside of a function or under another name",
            scope.module.location(alias),
        )
    edits = plan.of(scope.module.path)
    edits.moved.add(alias.name)
    edits.imports.add((plan.target.task.module, plan.target.task.name))


def _model_names(project: SourceProject, kind: Kind) -> set[str]:
    return {kind.model.name, *project.models.names}


def _names_of(body: Scope) -> set[str]:
    """Names that the task's own module may need no longer."""
    return {each.id for each in ast.walk(body.node) if isinstance(each, ast.Name)} | {
        each.id for decorator in body.decorators for each in ast.walk(decorator) if isinstance(each, ast.Name)
    }
