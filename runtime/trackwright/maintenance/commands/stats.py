"""`trackwright stats`: every domain in figures."""

import json
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from trackwright.maintenance.commands.lengths import length
from trackwright.maintenance.commands.project import (
    app_option,
    database_errors,
    domain_option,
    folder_option,
    format_option,
    load,
)
from trackwright.maintenance.durations import in_words
from trackwright.maintenance.figures import DomainFigures, figures
from trackwright.status import TrackingStatus


@click.command("stats")
@app_option
@folder_option
@domain_option
@click.option(
    "--window", type=length, default="24h", show_default=True, help="How far back durations and rates look."
)
@format_option
def command(
    app_name: str | None, folder: Path, names: tuple[str, ...], *, window: timedelta, output_format: str
) -> None:
    """Count rows by status; say how long the queue waits, how many failed, how long they took."""
    domains = load(app_name, folder, names).domains
    with database_errors("the figures could not be read"):
        found = [figures(domain, window=window) for domain in domains]
    if output_format == "json":
        click.echo(json.dumps([one.as_data() for one in found], indent=2))
        return
    console = Console()
    console.print(_counts(found))
    console.print(_window(found, in_words(window.total_seconds())))


def _counts(found: list[DomainFigures]) -> Table:
    table = Table(
        "domain", *(status.value.lower() for status in TrackingStatus), "longest wait", title="rows"
    )
    for one in found:
        table.add_row(one.domain, *map(str, one.counts.values()), in_words(one.waiting))
    return table


def _window(found: list[DomainFigures], length: str) -> Table:
    table = Table(
        "domain", "created", "completed", "failed", "rate", "mean", "longest", title=f"last {length}"
    )
    for one in found:
        window = one.window
        rate = "-" if window.failure_rate is None else f"{window.failure_rate:.1%}"
        table.add_row(
            one.domain,
            *map(str, (window.created, window.completed, window.failed)),
            *(rate, in_words(window.mean_duration), in_words(window.longest_duration)),
        )
    return table
