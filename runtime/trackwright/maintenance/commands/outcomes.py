"""What `cancel` and `retry` print: one line per row; exit code 1 when a row refused."""

import json

import click

from trackwright.maintenance.by_hand import Outcome
from trackwright.maintenance.commands.project import FINDINGS


def show(domain: str, outcomes: list[Outcome], output_format: str) -> None:
    """Print what became of each row and end with the code that says whether all of them could be done."""
    if output_format == "json":
        rows = [{"id": one.tracking_id, "status": one.status, "note": one.note} for one in outcomes]
        click.echo(json.dumps({"domain": domain, "rows": rows}, indent=2))
    else:
        for one in outcomes:
            _print_line(domain, one)
    if any(one.status is None for one in outcomes):
        raise SystemExit(FINDINGS)


def _print_line(domain: str, one: Outcome) -> None:
    if one.status is None:
        click.echo(f"trackwright: {one.note}", err=True)
    else:
        click.echo(f"{domain} {one.tracking_id}: {one.status}" + (f" ({one.note})" if one.note else ""))
