"""`trackwright sweep` on the command line; it needs Celery and the project, not the generator."""

import dataclasses
import importlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
from celery import Celery
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from trackwright.errors import TrackwrightError
from trackwright.maintenance.celery_tasks import sweep_all
from trackwright.maintenance.sweep import SweepResult


@click.command("sweep")
@click.option(
    "--app", "app_name", metavar="MODULE:NAME", help="The Celery app; default: the settings' `celery`."
)
@click.option("-C", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True), default=Path())
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(app_name: str | None, folder: Path, output_format: str) -> None:
    """Send what was committed and never sent; recover rows of dead workers; cancel stale ones."""
    root = folder.resolve()
    app = _load(app_name or _configured_app(root), root)
    try:
        results = sweep_all(app)
    except (DBAPIError, TrackwrightError) as error:
        click.echo(f"trackwright: the sweep could not do its work: {error}", err=True)
        raise SystemExit(2) from None
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


def _configured_app(root: Path) -> str:
    for name, path in (("trackwright.toml", ()), ("pyproject.toml", ("tool", "trackwright"))):
        file = root / name
        if not file.is_file():
            continue
        table: Any = tomllib.loads(file.read_text(encoding="utf-8"))
        for key in path:
            table = table.get(key, {})
        if "celery" in table:
            return str(table["celery"])
    message = (
        f"{root}: no Celery app is set; say --app package.module:name, or `celery` in [tool.trackwright]"
    )
    raise click.UsageError(message)


def _load(app_name: str, root: Path) -> Celery:
    module, _, name = app_name.partition(":")
    for place in (root / "src", root):
        sys.path.insert(0, str(place))
    try:
        app: Any = importlib.import_module(module)
        for part in name.split("."):
            app = getattr(app, part)
    except (ImportError, AttributeError) as error:
        message = f"--app {app_name}: {error}"
        raise click.UsageError(message) from error
    found: Celery = app
    if not isinstance(found, Celery):  # pyright: ignore[reportUnnecessaryIsInstance] # a user's module may hold anything
        message = f"--app {app_name} is a {type(app).__name__}, not a Celery app"
        raise click.UsageError(message)
    return found
