"""What every operational command begins with: the project's Celery app and its domains, and what may go wrong."""

import importlib
import sys
import tomllib
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import click
from celery import Celery
from sqlalchemy.exc import DBAPIError, ProgrammingError

from trackwright.errors import TrackwrightError
from trackwright.maintenance.celery_tasks import domains_of
from trackwright.registry import Domain

FINDINGS = 1
FAILED = 2


@dataclass(frozen=True, slots=True)
class Project:
    """The app that a command works for, and the domains that it was asked to look at."""

    app: Celery
    domains: tuple[Domain, ...]


def app_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--app`: where the Celery app is."""
    return click.option(
        "--app", "app_name", metavar="MODULE:NAME", help="The Celery app; default: the settings' `celery`."
    )(function)


def folder_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`-C`: where the project is."""
    kind = click.Path(path_type=Path, file_okay=False, exists=True)
    return click.option("-C", "folder", type=kind, default=Path(), help="The project's folder.")(function)


def domain_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--domain`, as often as wanted; none means all."""
    return click.option(
        "--domain", "names", multiple=True, metavar="NAME", help="Only this domain; may be given again."
    )(function)


def format_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--output-format`."""
    formats = click.Choice(["text", "json"])
    return click.option("--output-format", type=formats, default="text", show_default=True)(function)


def load(app_name: str | None, folder: Path, names: tuple[str, ...] = ()) -> Project:
    """Import the project's app and its tasks; its domains, or those of them that are named.

    Raises:
        UsageError: no app is set, it cannot be imported, or has no such domain.
    """
    root = folder.resolve()
    place = app_name or _configured_app(root)
    app = _import_app(place, root)
    with _import_errors(place):
        found = {domain.name: domain for domain in domains_of(app)}
    known = ", ".join(found) or "none; are the modules of its tasks in `include`?"
    if unknown := [name for name in names if name not in found]:
        message = f"no tracked domain {', '.join(unknown)} in {place}; it has: {known}"
        raise click.UsageError(message)
    if not found:
        message = f"{place} has no tracked task: name the modules of its tasks in the app's `include`"
        raise click.UsageError(message)
    return Project(app, tuple(found[name] for name in names) if names else tuple(found.values()))


@contextmanager
def database_errors(what: str) -> Generator[None, None, None]:
    """Turn what the database refuses into one message and exit code 2."""
    try:
        yield
    except ProgrammingError as error:
        _give_up(what, f"{_first_line(error.orig)}\n  Do tables and models agree? See `trackwright doctor`.")
    except DBAPIError as error:
        _give_up(what, f"the database says: {_first_line(error.orig)}")
    except (TrackwrightError, OSError) as error:
        _give_up(what, _first_line(error))


def _give_up(what: str, why: str) -> NoReturn:
    click.echo(f"trackwright: {what}: {why}", err=True)
    raise SystemExit(FAILED) from None


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _configured_app(root: Path) -> str:
    for name, path in (("trackwright.toml", ()), ("pyproject.toml", ("tool", "trackwright"))):
        file = root / name
        if not file.is_file():
            continue
        table = _settings(file)
        for key in path:
            table = table.get(key, {})
        if "celery" in table:
            return str(table["celery"])
    message = (
        f"{root}: no Celery app is set; say --app package.module:name, or `celery` in [tool.trackwright]"
    )
    raise click.UsageError(message)


def _settings(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{file}: {error}"
        raise click.UsageError(message) from error


def _import_app(place: str, root: Path) -> Celery:
    module, _, name = place.partition(":")
    if not module or not name:
        message = f"--app {place}: say the module and the name in it, as package.module:name"
        raise click.UsageError(message)
    for folder in (root / "src", root):
        sys.path.insert(0, str(folder))
    with _import_errors(place):
        app: Any = importlib.import_module(module)
        for part in name.split("."):
            app = getattr(app, part)
    found: Celery = app
    if not isinstance(found, Celery):  # pyright: ignore[reportUnnecessaryIsInstance] # a user's module may hold anything
        message = f"--app {place} is a {type(app).__name__}, not a Celery app"
        raise click.UsageError(message)
    return found


@contextmanager
def _import_errors(place: str) -> Generator[None, None, None]:
    """Say in one message where importing the project's own code failed: it may raise anything."""
    try:
        yield
    except click.UsageError:
        raise
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        own = "importlib" in frame.filename or frame.filename == __file__
        at = "" if own else f"\n  at {frame.filename}:{frame.lineno}"
        message = f"--app {place} cannot be imported: {type(error).__name__}: {error}{at}"
        raise click.UsageError(message) from error
