"""The demo's progress bar, its tables, and what is wrong with its rows."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from work import Expected, rows_now

PATIENCE = 120.0
_ENDED = ("COMPLETED", "FAILED", "CANCELLED")
_COLOURS = {"COMPLETED": "green", "FAILED": "red", "CANCELLED": "yellow"}


def watch(expected: list[Expected], log: Path, on_tick: Callable[[], None], console: Console) -> None:
    """Wait with a progress bar until every row has ended; give up after a while, with the worker's log."""
    columns = (TextColumn("tasks"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    deadline = time.monotonic() + PATIENCE
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("tasks", total=len(expected))
        while time.monotonic() < deadline:
            on_tick()
            ended = sum(row["status"] in _ENDED for row in rows_now(expected))
            progress.update(bar, completed=ended)
            if ended == len(expected):
                return
            time.sleep(0.2)
    console.print(log.read_text(errors="replace")[-5000:], highlight=False, markup=False)


def show_rows(rows: list[dict[str, Any]], console: Console) -> None:
    """Print one table per domain."""
    for domain in dict.fromkeys(row["domain"] for row in rows):
        table = Table("id", "case", "status", "attempts", "seconds", "error", title=f"{domain}_task_tracking")
        for row in rows:
            if row["domain"] == domain:
                status = f"[{_COLOURS.get(row['status'], 'white')}]{row['status']}"
                cells = (str(row["id"]), row["case"], status, str(row["attempts"]), _seconds(row))
                table.add_row(*cells, row["error_message"] or "")
        console.print(table)


def show_lint(findings: list[dict[str, Any]], jobs: list[dict[str, Any]], console: Console) -> None:
    """Print the linter's view of the project: every task with its tracking, and what was found."""
    table = Table("task", "tracked", "findings", title="trackwright lint")
    for job in jobs:
        own = [finding["code"] for finding in findings if finding["task"] == job["name"]]
        tracked = "[green]yes" if job["tracked"] else "[red]no"
        table.add_row(job["name"], tracked, ", ".join(own) or "-")
    table.caption = f"{len(findings)} findings"
    console.print(table)


def _seconds(row: dict[str, Any]) -> str:
    if row["started_at"] is None or row["completed_at"] is None:
        return ""
    return f"{(row['completed_at'] - row['started_at']).total_seconds():.3f}"


def failures(rows: list[dict[str, Any]]) -> list[str]:
    """What did not end as it should."""
    wrong: list[str] = []
    for row in rows:
        found = [row["status"], row["attempts"], row["error_message"]]
        if found != row["expected"]:
            wrong.append(f"{row['domain']} {row['id']} ({row['case']}): {found} instead of {row['expected']}")
        if row["status"] in _ENDED and row["completed_at"] is None:
            wrong.append(f"{row['domain']} {row['id']}: ended without completed_at")
    return wrong
