"""`trackwright generate`: tracked domains from specs, into an existing project."""

from pathlib import Path

import click

from trackwright_gen.cli import unchanged
from trackwright_gen.cli.collection import keep_all
from trackwright_gen.cli.exit_codes import DONE, FAILED
from trackwright_gen.cli.mistakes import mistakes_as_json
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.project_options import project_parts
from trackwright_gen.errors import ToolError, ToolErrors


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
    keep_all(ctx)
    request = unchanged.Request(folder.resolve(), specs, parts)
    if not diff and output_format == "text" and (said := unchanged.said_before(request)) is not None:
        click.echo(said)
        ctx.exit(DONE)
    # What it brings takes three quarters of a run that has nothing to do.
    from trackwright_gen.cli.generate_run import Mode, generate

    mode = Mode(writes=not (dry_run or diff or check), diff=diff, check=check)
    try:
        code = generate(request, mode, output_format)
    except (ToolError, ToolErrors) as error:
        if output_format != "json":
            raise
        click.echo(mistakes_as_json(error))
        code = FAILED
    ctx.exit(code)
