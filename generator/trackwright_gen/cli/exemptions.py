"""`trackwright exemptions`: all exemptions for a review, with age, owner and expiry."""

from pathlib import Path

import click

from trackwright_gen.audit.exemption_list import listed_exemptions
from trackwright_gen.audit.ownership import ownership_of_folder
from trackwright_gen.cli.exit_codes import DONE, FAILED, FINDINGS
from trackwright_gen.cli.options import project_folder
from trackwright_gen.cli.source_options import paths_argument, sources_of
from trackwright_gen.git.repository import Repository, find_repository
from trackwright_gen.report.exemptions import FORMATS


@click.command("exemptions")
@paths_argument
@click.option("--output-format", type=click.Choice(list(FORMATS)), default="table", show_default=True)
@project_folder
@click.pass_context
def command(ctx: click.Context, *, paths: tuple[Path, ...], output_format: str, folder: Path) -> None:
    """List every exemption: kind, rules, age by git blame, who approved or owns it, ticket, expiry.

    Exits 1 if one has expired.
    """
    sources = sources_of(paths, folder)
    project = sources.read({})
    repository = find_repository(sources.folder)
    root = repository.folder if isinstance(repository, Repository) else sources.folder
    if not isinstance(repository, Repository):
        click.echo(f"warning: no ages and no authors: {repository.reason}", err=True)
    listed = listed_exemptions(project, ownership_of_folder(root, repository), sources.today)
    click.echo(FORMATS[output_format](listed, sources.folder))
    for problem in project.problems:
        click.echo(f"{problem.location}: {problem.message}", err=True)
    if project.problems:
        ctx.exit(FAILED)
    ctx.exit(FINDINGS if any(each.expired for each in listed) else DONE)
