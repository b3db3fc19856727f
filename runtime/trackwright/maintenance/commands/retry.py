"""`trackwright retry`: give FAILED rows another attempt, by id or all that failed alike."""

from datetime import timedelta
from pathlib import Path

import click

from trackwright.maintenance.by_hand import failed_ids, retry_rows
from trackwright.maintenance.commands.lengths import length
from trackwright.maintenance.commands.outcomes import show
from trackwright.maintenance.commands.project import (
    app_option,
    database_errors,
    folder_option,
    format_option,
    load,
)


@click.command("retry")
@click.argument("name", metavar="DOMAIN")
@click.argument("ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--failed-within", type=length, help="All FAILED rows made within this time, such as 24h.")
@click.option("--error", metavar="TEXT", help="Of those, only the ones whose error contains the text.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=1_000,
    show_default=True,
    help="Of those, at most so many, newest first.",
)
@app_option
@folder_option
@format_option
def command(
    name: str,
    ids: tuple[int, ...],
    *,
    failed_within: timedelta | None,
    error: str | None,
    limit: int,
    app_name: str | None,
    folder: Path,
    output_format: str,
) -> None:
    """Give FAILED rows of a domain another attempt and send them. max_attempts is raised where used up."""
    if bool(ids) == (failed_within is not None) or (error is not None and failed_within is None):
        message = "say either the ids, or --failed-within, with --error if only some are meant"
        raise click.UsageError(message)
    project = load(app_name, folder, (name,))
    (domain,) = project.domains
    with database_errors("retrying could not do its work"):
        if failed_within is not None:
            ids = tuple(failed_ids(domain, within=failed_within, containing=error, limit=limit))
        outcomes = retry_rows(domain, ids, project.app)
    show(name, outcomes, output_format)
