"""`trackwright cancel`: cancel queued rows, ask running ones to stop."""

from pathlib import Path

import click

from trackwright.maintenance.by_hand import cancel_rows
from trackwright.maintenance.commands.outcomes import show
from trackwright.maintenance.commands.project import (
    app_option,
    database_errors,
    folder_option,
    format_option,
    load,
)


@click.command("cancel")
@click.argument("name", metavar="DOMAIN")
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=int)
@click.option("--reason", required=True, help="Why; kept with the row.")
@click.option("--by", default="command line", show_default=True, help="Who; kept with the row.")
@app_option
@folder_option
@format_option
def command(
    name: str,
    ids: tuple[int, ...],
    *,
    reason: str,
    by: str,
    app_name: str | None,
    folder: Path,
    output_format: str,
) -> None:
    """Cancel rows of a domain. A running one is asked to stop and is CANCELLED once its body has."""
    (domain,) = load(app_name, folder, (name,)).domains
    with database_errors("cancelling could not do its work"):
        outcomes = cancel_rows(domain, ids, reason=reason, by=by)
    show(name, outcomes, output_format)
