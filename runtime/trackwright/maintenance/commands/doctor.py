"""`trackwright doctor`: what is wrong, with a hint for each finding; exit code 1 when there is one."""

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import click

from trackwright.maintenance.commands.lengths import length
from trackwright.maintenance.commands.project import (
    FINDINGS,
    app_option,
    database_errors,
    domain_option,
    folder_option,
    format_option,
    load,
)
from trackwright.maintenance.doctor import Finding, Limits, examine_all


@click.command("doctor")
@app_option
@folder_option
@domain_option
@click.option("--window", type=length, default="24h", show_default=True, help="How far back failures count.")
@click.option("--stuck-after", type=length, default="1h", show_default=True, help="A row may run so long.")
@click.option("--queue-age", type=length, default="15m", show_default=True, help="A row may wait so long.")
@click.option(
    "--failure-rate",
    type=click.FloatRange(0, 1),
    default=0.2,
    show_default=True,
    help="This share of rows may fail.",
)
@click.option(
    "--exhausted",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="From so many rows without an attempt left on it is a finding.",
)
@format_option
def command(
    app_name: str | None,
    folder: Path,
    names: tuple[str, ...],
    *,
    window: timedelta,
    stuck_after: timedelta,
    queue_age: timedelta,
    failure_rate: float,
    exhausted: int,
    output_format: str,
) -> None:
    """Find what is wrong with domains: no sweep, stuck rows, failures, an old queue, indexes, drifted tables."""
    project = load(app_name, folder, names)
    limits = Limits(
        window=window,
        stuck_after=stuck_after,
        queue_age=queue_age,
        failure_rate=failure_rate,
        exhausted=exhausted,
    )
    with database_errors("the doctor could not look"):
        found = examine_all(project.app, project.domains, limits)
    if output_format == "json":
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in found], indent=2))
    else:
        _show(found, len(project.domains))
    if found:
        raise SystemExit(FINDINGS)


def _show(found: list[Finding], domains: int) -> None:
    for finding in found:
        click.echo(f"{finding.domain or 'all domains'}: {finding.code}: {finding.message}")
        for detail in finding.details:
            click.echo(f"    {detail}")
        click.echo(f"  hint: {finding.hint}")
    looked = "1 domain" if domains == 1 else f"{domains} domains"
    findings = "1 finding" if len(found) == 1 else f"{len(found) or 'no'} findings"
    click.echo(f"{looked} examined, {findings}")
