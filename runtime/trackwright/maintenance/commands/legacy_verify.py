"""`trackwright legacy verify`: prove that legacy rows have arrived."""

import dataclasses
import json
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from trackwright.maintenance.commands.legacy_data import moves
from trackwright.maintenance.commands.project import (
    FINDINGS,
    app_option,
    database_errors,
    domain_option,
    folder_option,
    format_option,
    load,
)
from trackwright.maintenance.legacy import Verification, verify


@click.command("verify")
@app_option
@folder_option
@domain_option
@click.option("--accept-refused", is_flag=True, help="Pass although rows are in the report of refused ones.")
@click.option(
    "--accept-gone", is_flag=True, help="Pass although tracking rows are gone: pruned, for example."
)
@format_option
def command(
    app_name: str | None,
    folder: Path,
    names: tuple[str, ...],
    *,
    accept_refused: bool,
    accept_gone: bool,
    output_format: str,
) -> None:
    """Compare counts and checksums per status and per day of legacy rows and their tracking rows."""
    domains = load(app_name, folder, names).domains
    with database_errors("the rows could not be compared"):
        found = [database.read(partial(verify, move)) for database, move in moves(domains)]
    passed = [one.passed(accept_refused=accept_refused, accept_gone=accept_gone) for one in found]
    if output_format == "json":
        data = [{**dataclasses.asdict(one), "passed": ok} for one, ok in zip(found, passed, strict=True)]
        click.echo(json.dumps(data, indent=2))
    else:
        _show(found, passed)
    if not all(passed):
        click.get_current_context().exit(FINDINGS)


def _show(found: list[Verification], passed: list[bool]) -> None:
    table = Table(
        *("domain", "from", "rows", "compared", "moved on", "gone", "not copied", "refused", "stale"),
        *("different days", "passed"),
        title="legacy verify",
    )
    for one, ok in zip(found, passed, strict=True):
        counts = (one.rows, one.compared, one.moved_on, one.gone, one.not_copied, one.refused, one.stale)
        table.add_row(
            one.domain, one.source, *map(str, counts), str(len(one.differences)), "yes" if ok else "no"
        )
    console = Console()
    console.print(table)
    for one in found:
        for difference in one.differences:
            console.print(
                f"{one.domain}: {difference.status} of {difference.day}: expected {difference.expected[0]} rows "
                f"(checksum {difference.expected[1]}), found {difference.found[0]} ({difference.found[1]})"
            )
