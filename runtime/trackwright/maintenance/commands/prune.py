"""`trackwright prune`: delete finished rows whose retention is over, with a progress bar for people."""

import dataclasses
import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from trackwright.maintenance.commands.project import (
    app_option,
    database_errors,
    domain_option,
    folder_option,
    format_option,
    load,
)
from trackwright.maintenance.pruning import BATCH, PruneResult, count_prunable, prune_batches
from trackwright.registry import Domain


@click.command("prune")
@app_option
@folder_option
@domain_option
@click.option(
    "--batch", type=click.IntRange(min=1), default=BATCH, show_default=True, help="Rows per transaction."
)
@click.option("--dry-run", is_flag=True, help="Only count what would be deleted.")
@format_option
def command(
    app_name: str | None,
    folder: Path,
    names: tuple[str, ...],
    *,
    batch: int,
    dry_run: bool,
    output_format: str,
) -> None:
    """Delete finished rows whose retention is over, in short transactions; safe beside anything."""
    domains = load(app_name, folder, names).domains
    with database_errors("pruning could not do its work"):
        if dry_run:
            results = [PruneResult(domain.name, count_prunable(domain)) for domain in domains]
        else:
            results = _pruned(domains, batch=batch, quiet=output_format == "json")
    if output_format == "json":
        key = "deletable" if dry_run else "deleted"
        rows = [{"domain": result.domain, key: result.deleted} for result in results]
        click.echo(json.dumps(rows, indent=2))
    else:
        table = Table("domain", "to delete" if dry_run else "deleted", title="prune")
        for result in results:
            table.add_row(*map(str, dataclasses.astuple(result)))
        Console().print(table)


def _pruned(domains: tuple[Domain, ...], *, batch: int, quiet: bool) -> list[PruneResult]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = console.is_terminal and not quiet
    results: list[PruneResult] = []
    with Progress(*columns, console=console, disable=not shown, transient=True) as progress:
        for domain in domains:
            # Counted only for somebody who looks: it reads as much as the pruning itself.
            bar = progress.add_task(domain.name, total=count_prunable(domain) if shown else None)
            deleted = 0
            for step in prune_batches(domain, batch=batch):
                deleted += step
                progress.advance(bar, step)
            results.append(PruneResult(domain.name, deleted))
    return results
