"""`trackwright legacy data`: copy the rows of legacy status tables into tracking tables."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from trackwright.jobs.database import Database, database_of
from trackwright.legacy import LegacyLink
from trackwright.maintenance.commands.project import (
    FINDINGS,
    app_option,
    database_errors,
    domain_option,
    folder_option,
    format_option,
    load,
)
from trackwright.maintenance.legacy import CopyStep, Move, copy_rows, moves_of, refusals, rows_to_copy
from trackwright.maintenance.legacy.copying import BATCH
from trackwright.registry import Domain


@dataclass(frozen=True, slots=True)
class _Result:
    move: Move
    step: CopyStep
    remaining: int
    refused: tuple[LegacyLink, ...]

    def as_data(self) -> dict[str, Any]:
        return {
            "domain": self.move.domain,
            "source": self.move.name,
            "copied": self.step.copied,
            "updated": self.step.updated,
            "refused": len(self.refused),
            "remaining": self.remaining,
        }


def moves(domains: tuple[Domain, ...]) -> Iterator[tuple[Database, Move]]:
    """The legacy tables of the domains that have one.

    Raises:
        UsageError: none has.
    """
    found = False
    for domain in domains:
        if domain.model.__legacy__:
            found = True
            database = database_of(domain.session_factory, domain.model)
            for move in database.read(partial(moves_of, domain.model)):
                yield database, move
    if not found:
        message = "no model has a `__legacy__`: say where its rows lie with the spec's key `legacy`"
        raise click.UsageError(message)


@click.command("data")
@app_option
@folder_option
@domain_option
@click.option(
    "--batch", type=click.IntRange(min=1), default=BATCH, show_default=True, help="Rows per transaction."
)
@click.option("--dry-run", is_flag=True, help="Only count what would be copied.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write the rows that could not be copied, with the reasons, as CSV.",
)
@format_option
def command(
    app_name: str | None,
    folder: Path,
    names: tuple[str, ...],
    *,
    batch: int,
    dry_run: bool,
    report: Path | None,
    output_format: str,
) -> None:
    """Copy legacy rows, and what old code changed in them since; again and again, until nothing is left."""
    domains = load(app_name, folder, names).domains
    with database_errors("the rows could not be copied"):
        results = (
            _counted(domains) if dry_run else _copied(domains, batch=batch, quiet=output_format == "json")
        )
        if report is not None:
            _write(report, results)
    if output_format == "json":
        click.echo(json.dumps([result.as_data() for result in results], indent=2))
    else:
        Console().print(_table(results))
    if any(result.refused for result in results):
        click.get_current_context().exit(FINDINGS)


def _counted(domains: tuple[Domain, ...]) -> list[_Result]:
    return [_result(database, move, CopyStep()) for database, move in moves(domains)]


def _copied(domains: tuple[Domain, ...], *, batch: int, quiet: bool) -> list[_Result]:
    console = Console(stderr=True)
    columns = (
        *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()),
        *(TextColumn("{task.speed:.0f} rows/s", table_column=None), TimeRemainingColumn()),
    )
    shown = console.is_terminal and not quiet
    results: list[_Result] = []
    with Progress(*columns, console=console, disable=not shown, transient=True) as progress:
        for database, move in moves(domains):
            total = database.read(partial(rows_to_copy, move))
            bar = progress.add_task(f"{move.name} -> {move.domain}", total=total)
            done = CopyStep()
            for step in copy_rows(database, move, batch=batch):
                done += step
                progress.advance(bar, step.copied + step.refused)
            results.append(_result(database, move, done))
    return results


def _result(database: Database, move: Move, step: CopyStep) -> _Result:
    remaining = database.read(partial(rows_to_copy, move))
    return _Result(move, step, remaining, database.read(partial(refusals, move)))


def _write(report: Path, results: list[_Result]) -> None:
    with report.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("source", "source_id", "domain", "tracking_id", "reason"))
        for result in results:
            for link in result.refused:
                writer.writerow(
                    (link.source, link.source_id, result.move.domain, link.tracking_id, link.reason)
                )


def _table(results: list[_Result]) -> Table:
    table = Table("domain", "from", "copied", "updated", "refused", "not copied", title="legacy data")
    for result in results:
        table.add_row(*map(str, result.as_data().values()))
    return table
