"""`trackwright remove`: undo what was generated for one domain, keep what somebody edited."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from trackwright_gen.cli.entries import diff_of, lines_of, revisions_json, shown_path
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.project_options import project_parts, with_parts
from trackwright_gen.cli.removal import Removal, changes_of, entries_of, plan_removal
from trackwright_gen.cli.spec_files import specs_by_domain
from trackwright_gen.config import find_settings
from trackwright_gen.errors import ToolError
from trackwright_gen.project.detect import detect_project
from trackwright_gen.write.change import Change
from trackwright_gen.write.transaction import apply_changes


@click.command()
@click.argument("domain")
@click.option("--drop-migration", is_flag=True, help="Write a migration that drops the table, too.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--diff", is_flag=True, help="Only show what would happen, as a diff and as SQL.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@project_parts
@project_folder
def command(
    *,
    domain: str,
    drop_migration: bool,
    dry_run: bool,
    diff: bool,
    output_format: str,
    folder: Path,
    **parts: str | None,
) -> None:
    """Remove what was generated for DOMAIN; what you edited stays.

    Files that nobody edited go, registrations are taken out of shared files. The table and its migrations stay,
    unless --drop-migration writes the one that drops it.
    """
    if dry_run and diff:
        raise ToolError("--dry-run and --diff exclude each other", hint="give one of them")
    start = folder.resolve()
    found = find_settings(start)
    root = found.source.parent if found.source else start
    project = detect_project(root, with_parts(found.settings, parts))
    removal = plan_removal(project, domain, drop_table=drop_migration)
    changes = changes_of(removal)
    written = bool(changes) and not (dry_run or diff)
    if written:
        apply_changes(changes)
    spec = specs_by_domain(project.specs).get(domain)
    if output_format == "json":
        click.echo(_json(removal, changes, spec, written=written))
    elif diff:
        click.echo(diff_of(changes, removal.revisions, root), nl=False)
    else:
        _say(removal, spec, written=written)


def _json(removal: Removal, changes: tuple[Change, ...], spec: Path | None, *, written: bool) -> str:
    root = removal.project.root
    report = {
        "root": str(root),
        "domain": removal.domain,
        "files": [asdict(entry) for entry in entries_of(removal, spec)],
        "changes": [shown_path(change.path, root) for change in changes],
        "revisions": revisions_json(removal.revisions, root),
        "written": written,
    }
    return json.dumps(report, indent=2)


def _say(removal: Removal, spec: Path | None, *, written: bool) -> None:
    if report := lines_of(entries_of(removal, spec), removal.revisions, removal.project.root):
        click.echo(report)
    if not written:
        click.echo("nothing was written")
    if removal.revision is None:
        click.echo(f"note: the table stays; `trackwright remove {removal.domain} --drop-migration` drops it")
    elif written:
        click.echo("next: read the migration, then run: alembic upgrade head")
