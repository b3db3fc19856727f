"""`trackwright sweep`: one sweep, as beat starts it every minute."""

import dataclasses
import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from trackwright.maintenance.celery_tasks import sender
from trackwright.maintenance.commands.project import (
    app_option,
    database_errors,
    domain_option,
    folder_option,
    format_option,
    load,
)
from trackwright.maintenance.sweep import SweepResult, sweep


@click.command("sweep")
@app_option
@folder_option
@domain_option
@format_option
def command(app_name: str | None, folder: Path, names: tuple[str, ...], output_format: str) -> None:
    """Send what was committed and never sent; recover rows of dead workers; cancel stale ones."""
    project = load(app_name, folder, names)
    with database_errors("the sweep could not do its work"):
        results = [sweep(domain, sender(project.app)) for domain in project.domains]
    if output_format == "json":
        click.echo(json.dumps([dataclasses.asdict(result) for result in results], indent=2))
    else:
        Console().print(_as_table(results))


def _as_table(results: list[SweepResult]) -> Table:
    table = Table("domain", "sent", "not sent", "recovered", "exhausted", "cancelled", title="sweep")
    for result in results:
        figures = (result.sent, result.send_failed, result.recovered, result.exhausted, result.cancelled)
        table.add_row(result.domain, *map(str, figures))
    return table
