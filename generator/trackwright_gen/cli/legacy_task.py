"""`trackwright legacy task`: rewrite legacy tasks, and all that sends them, onto their domains."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from trackwright_gen.cli.exit_codes import DONE, FINDINGS
from trackwright_gen.cli.legacy_targets import adopted_models, targets_of
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.source_options import sources_of
from trackwright_gen.codemods.kinds import Kind, legacy_kinds
from trackwright_gen.codemods.task.applying import Applied, apply_plans
from trackwright_gen.codemods.task.left_alone import CannotRewriteError, Reason
from trackwright_gen.codemods.task.rewriting import TaskPlan, plan_task
from trackwright_gen.codemods.task.target import Target
from trackwright_gen.config import find_settings
from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.project.detect import detect_project
from trackwright_gen.render.formatting import formatted
from trackwright_gen.report.diff import file_diff
from trackwright_gen.report.text import shown
from trackwright_gen.source.encoded_text import decoded, encoding_of
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.spec.nearest import did_you_mean
from trackwright_gen.write.change import Change
from trackwright_gen.write.transaction import apply_changes

_Pairs = list[tuple[Job, Kind]]


@click.command("task")
@click.argument("name", required=False, metavar="[QUALIFIED_NAME]")
@click.option("--all", "all_tasks", is_flag=True, help="All legacy tasks of the domain, or of all domains.")
@click.option("--domain", metavar="DOMAIN", help="The domain that the task moves to.")
@click.option("--diff", "diff_only", is_flag=True, help="Show what would change; write nothing.")
@project_folder
@click.pass_context
def command(
    ctx: click.Context,
    *,
    name: str | None,
    all_tasks: bool,
    domain: str | None,
    diff_only: bool,
    folder: Path,
) -> None:
    """Rewrite legacy tasks onto their domain: the body, what sends it, what answers with its row.

    A task of which one use cannot be rewritten safely is left as it is, with the reason; then the exit code is 1.
    """
    if (name is None) is not all_tasks:
        raise click.UsageError("say one task by its QUALIFIED_NAME, or --all")
    start = folder.resolve()
    loaded = find_settings(start)
    root = loaded.source.parent if loaded.source else start
    target_project = detect_project(root, loaded.settings, tables=False)
    targets = targets_of(target_project, start)
    if domain is not None and domain not in targets:
        raise ToolError(
            f"no spec of a domain {domain!r} has the key `legacy` or `adopt`",
            hint=did_you_mean(domain, list(targets)),
        )
    sources = sources_of((), root)
    models = (*sources.settings.legacy_models, *adopted_models(targets))
    settings = sources.settings.model_copy(update={"legacy_models": models})
    project = replace(sources, settings=settings).read({})
    wanted = _wanted(project, name, targets[domain] if domain else None, targets)
    plans, left = _planned(project, wanted, targets, domain)
    applied = apply_plans(project, plans, _read)
    changes = _changes(applied, root, loaded.settings.package or target_project.package)
    if diff_only:
        for change in changes:
            click.echo(_diff(change, start), nl=False)
    else:
        apply_changes(changes)
    left += [(plan.job, reason) for plan, reason in applied.left]
    _report(applied, left, start, written=not diff_only)
    ctx.exit(FINDINGS if left or (diff_only and changes) else DONE)


def _wanted(
    project: SourceProject, name: str | None, target: Target | None, targets: Mapping[str, Target]
) -> _Pairs:
    pairs = [(job, kind) for kind in legacy_kinds(project).all for job in kind.jobs]
    if name is not None:
        found = [(job, kind) for job, kind in pairs if name in {job.qualified_name, job.name}]
        if found:
            return found
        known = [job for job in project.jobs if name in {job.qualified_name, job.name}]
        if known or any(name.rpartition(".")[2] == each.task.name for each in targets.values()):
            return []  # moved before
        hint = did_you_mean(name, [job.qualified_name for job, _ in pairs]) if pairs else None
        raise ToolError(f"there is no task {name!r}", hint=hint)
    if target is None:
        return pairs
    return [
        (job, kind) for job, kind in pairs if (kind.table, kind.task_type) == (target.table, target.task_type)
    ]


def _planned(
    project: SourceProject, wanted: _Pairs, targets: Mapping[str, Target], domain: str | None
) -> tuple[list[TaskPlan], list[tuple[Job, Reason]]]:
    dispatches = list(project.dispatches.all())
    plans: list[TaskPlan] = []
    left: list[tuple[Job, Reason]] = []
    for job, kind in wanted:
        try:
            plans.append(plan_task(project, kind, job, _target(kind, job, targets, domain), dispatches))
        except CannotRewriteError as error:
            left.append((job, error.reason))
    return plans, left


def _target(kind: Kind, job: Job, targets: Mapping[str, Target], domain: str | None) -> Target:
    if domain is not None:
        return targets[domain]
    for target in targets.values():
        if (target.table, target.task_type) == (kind.table, kind.task_type):
            return target
    of = f"{kind.table}, {kind.task_type!r}" if kind.task_type else kind.table
    raise CannotRewriteError(f"no spec's `legacy:` is about {of}: run trackwright legacy spec", job.location)


def _read(path: Path) -> str:
    try:
        return decoded(path.read_bytes())
    except OSError as error:
        raise ToolError(
            f"cannot be read: {error.strerror}", at=Location(path), hint="run trackwright generate first"
        ) from error


def _changes(applied: Applied, root: Path, package: str) -> list[Change]:
    targets = {plan.target.file for plan, _ in applied.done}
    generated = {
        path.relative_to(root).as_posix(): text for path, text in applied.texts.items() if path in targets
    }
    shaped = {root / path: text for path, text in formatted(generated, root, [package]).items()}
    changes: list[Change] = []
    for path, text in sorted({**applied.texts, **shaped}.items()):
        before = path.read_bytes()
        after = text.encode(encoding_of(before))
        if after != before:
            changes.append(Change(path, before, after))
    return changes


def _diff(change: Change, start: Path) -> str:
    before = decoded(change.before) if change.before is not None else None
    after = decoded(change.after) if change.after is not None else None
    return file_diff(shown(change.path, start), before, after)


def _report(applied: Applied, left: Sequence[tuple[Job, Reason]], start: Path, *, written: bool) -> None:
    for plan, notes in applied.done:
        verb = "moved" if written else "would move"
        click.echo(
            f"{verb} {plan.job.qualified_name} to {plan.target.task.module}.{plan.target.task.name}", err=True
        )
        for text in _lines(notes, start):
            click.echo(f"  note: {text}", err=True)
    for job, reason in left:
        click.echo(f"left alone: {job.qualified_name}", err=True)
        for text in _lines([reason], start):
            click.echo(f"  {text}", err=True)
    if not applied.done and not left:
        click.echo("nothing to rewrite", err=True)


def _lines(reasons: Sequence[Reason], start: Path) -> Iterator[str]:
    for reason in dict.fromkeys(reasons):
        place = reason.location
        yield f"{shown(place.path, start)}:{place.row}: {reason.text}" if place else reason.text
