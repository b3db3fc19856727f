"""`trackwright generate`: tracked domains from specs, into an existing project."""

from collections.abc import Mapping
from pathlib import Path

import click

from trackwright_gen.cli.exit_codes import DONE, FINDINGS
from trackwright_gen.cli.generation import Generation, plan_generation
from trackwright_gen.cli.generation_changes import changes_of
from trackwright_gen.cli.generation_report import json_report, text_report, unified_diff
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.project_options import project_parts, with_parts
from trackwright_gen.cli.spec_files import load_specs
from trackwright_gen.cli.template_files import own_templates
from trackwright_gen.config import find_settings
from trackwright_gen.errors import ToolError
from trackwright_gen.project.detect import detect_project
from trackwright_gen.write.transaction import apply_changes


@click.command()
@click.argument("specs", nargs=-1, metavar="[DOMAIN|SPEC]...")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--diff", is_flag=True, help="Only show what would happen, as a diff and as SQL.")
@click.option("--check", is_flag=True, help="Only say whether anything would happen; exit 1 if so.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@project_parts
@project_folder
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    specs: tuple[str, ...],
    dry_run: bool,
    diff: bool,
    check: bool,
    output_format: str,
    folder: Path,
    **parts: str | None,
) -> None:
    """Generate tracked domains and their migrations.

    Without arguments, all specs of the project. Your edits of generated files stay; a second run changes nothing.
    """
    if dry_run + diff + check > 1:
        raise ToolError("--dry-run, --diff and --check exclude each other", hint="give one of them")
    generation = _planned(folder, specs, parts)
    changes = changes_of(generation)
    written = bool(changes) and not (dry_run or diff or check)
    if written:
        apply_changes(changes)
    if output_format == "json":
        click.echo(json_report(generation, changes, written=written))
    elif diff:
        click.echo(unified_diff(generation, changes), nl=False)
    else:
        _say(generation, changed=bool(changes), written=written)
    ctx.exit(FINDINGS if generation.conflicts or (check and changes) else DONE)


def _planned(folder: Path, specs: tuple[str, ...], parts: Mapping[str, str | None]) -> Generation:
    start = folder.resolve()
    found = find_settings(start)
    root = found.source.parent if found.source else start
    loaded = load_specs(root / found.settings.specs, specs, start)
    project = detect_project(root, with_parts(found.settings, parts))
    return plan_generation(loaded, project, templates=own_templates(root, found.settings))


def _say(generation: Generation, *, changed: bool, written: bool) -> None:
    if report := text_report(generation):
        click.echo(report)
    if not changed and not generation.conflicts:
        click.echo("everything is up to date")
    elif not written:
        click.echo("nothing was written")
    for conflict in generation.conflicts:
        click.echo(f"{conflict.path}: resolve the conflict", err=True)
    if written and generation.revisions:
        click.echo("next: read the migration, then run: alembic upgrade head")
