"""`trackwright status`: every domain with its spec, its files, its migrations and the state of its lint."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from trackwright_gen.cli.domain_status import DomainStatus, ProjectStatus, State, project_status
from trackwright_gen.cli.entries import shown_path
from trackwright_gen.cli.exit_codes import DONE, FINDINGS
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.project_options import project_parts, with_parts
from trackwright_gen.cli.spec_files import specs_in
from trackwright_gen.cli.template_files import own_templates
from trackwright_gen.config import LintSettings, find_settings
from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.project.detect import detect_project

_SHOWN: tuple[State, ...] = ("conflict", "foreign", "stale", "new", "missing", "edited")
"""States that name their files, the ones that want something first."""


@click.command()
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@project_parts
@project_folder
@click.pass_context
def command(ctx: click.Context, /, *, output_format: str, folder: Path, **parts: str | None) -> None:
    """Say how every domain stands.

    Exits 1 if something waits: files or migrations that `generate` would write, conflicts, broken or missing specs,
    findings of the linter. Edited and deleted files are yours and wait for nobody.
    """
    start = folder.resolve()
    found = find_settings(start)
    root = found.source.parent if found.source else start
    project = detect_project(root, with_parts(found.settings, parts))
    status = project_status(
        project,
        specs_in(project.specs),
        own_templates(root, found.settings),
        lambda files: _findings(files, root, found.settings.lint),
    )
    if output_format == "json":
        click.echo(json.dumps(_json(status, root, project.alembic.heads), indent=2))
    else:
        click.echo("\n".join(_lines(status, root)))
    ctx.exit(DONE if status.is_settled else FINDINGS)


def _findings(files: Sequence[Path], root: Path, settings: LintSettings) -> tuple[Diagnostic, ...]:
    # Loaded here: a project whose files are all new has nothing to lint.
    from trackwright_gen.cli.rule_options import chosen_rules
    from trackwright_gen.cli.source_options import sources_of
    from trackwright_gen.lint.engine import lint

    sources = sources_of(tuple(files), root)
    rules = chosen_rules(settings, select=(), extend_select=(), ignore=())
    return lint(sources.read({}, jobs=1), rules, sources.today).diagnostics


def _lines(status: ProjectStatus, root: Path) -> Iterator[str]:
    for domain in status.domains:
        yield f"{domain.domain}  {_spec(domain, root)}"
        yield from (f"  error      {line}" for error in domain.errors for line in error.splitlines())
        yield f"  files      {_counted(domain)}"
        for state in _SHOWN:
            for file in domain.files:
                if file.state == state:
                    also = ", edited" if file.edited and state != "edited" else ""
                    yield f"    {state + also:<17}{file.path}"
        yield f"  migration  {_migration(domain)}"
        yield f"  lint       {_lint(domain)}"
    yield from (f"to be written: {shown_path(path, root)}" for path in status.shared)
    if not status.domains:
        yield "no specs and no generated domains; write a spec with: trackwright new DOMAIN"
    elif not status.is_settled:
        yield "see what would change: trackwright generate --diff"


def _spec(domain: DomainStatus, root: Path) -> str:
    if domain.spec is not None:
        return shown_path(domain.spec, root)
    return "(spec missing)" if domain.files else "(removed; its table was left)"


def _counted(domain: DomainStatus) -> str:
    counts = Counter(file.state for file in domain.files)
    order: tuple[State, ...] = ("clean", *reversed(_SHOWN))
    return ", ".join(f"{counts[state]} {state}" for state in order if counts[state]) or "none"


def _migration(domain: DomainStatus) -> str:
    head = f"head {', '.join(domain.heads)}" if domain.heads else "no revision yet"
    return f"{head}; to be written: {', '.join(domain.pending)}" if domain.pending else head


def _lint(domain: DomainStatus) -> str:
    if not domain.findings:
        return "clean"
    codes = Counter(finding.code for finding in domain.findings)
    return ", ".join(f"{count} {code}" for code, count in sorted(codes.items()))


def _json(status: ProjectStatus, root: Path, heads: Sequence[str]) -> dict[str, Any]:
    return {
        "root": str(root),
        "settled": status.is_settled,
        "heads": list(heads),
        "domains": [_domain_json(domain, root) for domain in status.domains],
        "shared": [shown_path(path, root) for path in status.shared],
    }


def _domain_json(domain: DomainStatus, root: Path) -> dict[str, Any]:
    return {
        "domain": domain.domain,
        "spec": shown_path(domain.spec, root) if domain.spec else None,
        "errors": list(domain.errors),
        "files": [asdict(file) for file in domain.files],
        "migration": {"heads": list(domain.heads), "pending": list(domain.pending)},
        "lint": [
            {
                "code": finding.code,
                "path": shown_path(finding.location.path, root),
                "row": finding.location.row,
                "message": finding.message,
            }
            for finding in domain.findings
        ],
    }
