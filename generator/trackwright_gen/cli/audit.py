"""`trackwright audit`: how much tracking is missing, how that came to be, and in which order to go about it."""

import datetime as dt
import importlib
from dataclasses import dataclass
from pathlib import Path

import click

from trackwright_gen.audit.audit import Audit
from trackwright_gen.audit.counting import legacy_rules, measure
from trackwright_gen.audit.plan import make_plan
from trackwright_gen.audit.snapshot import take_snapshot
from trackwright_gen.audit.trend import Point
from trackwright_gen.cli.audit_sources import AuditSources, audit_sources
from trackwright_gen.cli.audit_trend import trend_of
from trackwright_gen.cli.collection import keep_all
from trackwright_gen.cli.encodable import encodable
from trackwright_gen.cli.exit_codes import DONE, FAILED, FINDINGS
from trackwright_gen.cli.options import project_folder
from trackwright_gen.git.history import main_line
from trackwright_gen.git.repository import NoRepository, Repository
from trackwright_gen.report.audit_text import report as text_report
from trackwright_gen.source.project import SourceProject
from trackwright_gen.write.change import Change
from trackwright_gen.write.transaction import apply_changes

_FORMS = {".html": "audit_html", ".json": "audit_json", ".md": "audit_markdown"}
_COMMITS = 300


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How far back to look, and whom else to ask."""

    since: dt.date | None
    commits: int | None
    database: str | None
    use_cache: bool


@click.command("audit")
@click.argument("path", type=click.Path(path_type=Path), default=Path(), metavar="[PATH]")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Count the commits since DATE (2026-01-31).",
)
@click.option(
    "--commits",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Count the last N commits.  [default: {_COMMITS}; 0: none]",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the report to FILE: .html, .json or .md.",
)
@click.option(
    "--fail-above",
    type=click.IntRange(min=0),
    metavar="N",
    help="Exit 1 if untracked jobs and legacy uses are more than N.",
)
@click.option("--database", metavar="URL", help="Count failed runs in this database, for the plan.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write .trackwright_cache.")
@project_folder
@click.pass_context
def command(
    ctx: click.Context,
    *,
    path: Path,
    since: dt.datetime | None,
    commits: int | None,
    output: Path | None,
    fail_above: int | None,
    database: str | None,
    no_cache: bool,
    folder: Path,
) -> None:
    """Report untracked jobs and legacy tracking: how much, how old, whose, since when, and what to do first.

    Reads source and git's history; checks nothing out, and runs none of it. Exits 2 if a file could not be read.
    """
    if since is not None and commits is not None:
        raise click.UsageError("--since and --commits both say how far back to look: give one of them")
    if output is not None and output.suffix not in _FORMS:
        raise click.UsageError(
            f"--output {output}: the name ends in {', '.join(_FORMS)}, which says the form"
        )
    keep_all(ctx)
    wanted = _Wanted(since.date() if since is not None else None, commits, database, not no_cache)
    audit = _audited(audit_sources(path, folder), wanted)
    click.echo(encodable(text_report(audit)))
    if output is not None:
        _write(audit, folder / output)
        click.echo(f"Wrote {output}.")
    ctx.exit(_exit_code(audit, fail_above))


def _audited(sources: AuditSources, wanted: _Wanted) -> Audit:
    project = sources.read()
    measured = measure(project, legacy_rules(), sources.today)
    snapshot = take_snapshot(project, measured, sources.ownership, sources.root, sources.today)
    failures = _failures(wanted.database, project)
    points, reason = _history(sources, wanted)
    if points:
        when = dt.datetime.combine(sources.today, dt.time.min, dt.UTC)
        points = (*points, Point(None, max(when, points[-1].when), measured.figures))
    return Audit(
        project=sources.root.name.removesuffix(".git") or sources.root.anchor,
        today=sources.today,
        commit=sources.commit,
        snapshot=snapshot,
        points=points,
        reason=reason,
        plan=make_plan(project, measured, sources.ownership, sources.root, failures=failures),
        notes=tuple(_notes(sources)),
    )


def _failures(database: str | None, project: SourceProject) -> dict[str, int] | None:
    if database is None:
        return None
    from trackwright_gen.audit.failures import count_failures

    return count_failures(database, project)


def _history(sources: AuditSources, wanted: _Wanted) -> tuple[tuple[Point, ...], str | None]:
    """The trend, or why there is none."""
    repository = sources.repository
    if isinstance(repository, NoRepository):
        return (), f"No history: {repository.reason}. Ages and authors are unknown."
    if sources.commit is None:
        return (), "No history: the repository has no commits yet."
    if wanted.commits == 0:
        return (), "No history: none was asked for."
    most = wanted.commits if wanted.since is not None or wanted.commits else _COMMITS
    commits = main_line(repository, since=wanted.since, most=most)
    if not commits:
        return (), f"No history: there are no commits since {wanted.since}."
    return trend_of(sources, repository, commits, use_cache=wanted.use_cache), None


def _notes(sources: AuditSources) -> list[str]:
    repository = sources.repository
    notes: list[str] = []
    if isinstance(repository, Repository) and repository.is_shallow:
        notes.append(
            "This clone is shallow: its history is cut, and ages that reach the cut are at least so. "
            "`git fetch --unshallow` brings the rest."
        )
    if isinstance(repository, Repository) and repository.is_partial():
        notes.append(
            "This clone is partial: nothing was fetched, so contents that it lacks are not counted in the trend, "
            "and their files have no ages."
        )
    return notes


def _write(audit: Audit, file: Path) -> None:
    form = importlib.import_module(f"trackwright_gen.report.{_FORMS[file.suffix]}")
    before = file.read_bytes() if file.exists() else None
    apply_changes([Change(file, before, form.report(audit).encode(errors="replace"))])


def _exit_code(audit: Audit, fail_above: int | None) -> int:
    if audit.snapshot.problems:
        for each in audit.snapshot.problems:
            click.echo(encodable(each), err=True)
        return FAILED
    debt = audit.snapshot.figures.debt
    if fail_above is not None and debt > fail_above:
        click.echo(f"The debt is {debt}, more than the {fail_above} that are allowed.", err=True)
        return FINDINGS
    return DONE
