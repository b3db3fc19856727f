"""`trackwright tasks`: every job of a project, and whether it is tracked."""

from pathlib import Path

import click

from trackwright_gen.cli.collection import keep_all
from trackwright_gen.cli.encodable import encodable
from trackwright_gen.cli.exit_codes import DONE, FAILED
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.source_options import paths_argument, sources_of
from trackwright_gen.report import job_table, json


@click.command("tasks")
@paths_argument
@click.option("--output-format", type=click.Choice(["table", "json"]), default="table", show_default=True)
@project_folder
@click.pass_context
def command(ctx: click.Context, *, paths: tuple[Path, ...], output_format: str, folder: Path) -> None:
    """List every background job: where, how declared, tracked or not, by what evidence."""
    keep_all(ctx)
    sources = sources_of(paths, folder)
    project = sources.read({})
    found = project.jobs
    text = json.jobs(found) if output_format == "json" else job_table.table(found, sources.folder)
    click.echo(encodable(text))
    for problem in project.problems:
        click.echo(f"{problem.location}: {problem.message}", err=True)
    ctx.exit(FAILED if project.problems else DONE)
