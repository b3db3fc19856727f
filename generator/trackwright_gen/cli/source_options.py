"""What the commands that read source share: paths, settings, one call that reads the project."""

import contextlib
import datetime as dt
import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from trackwright_gen.config import LintSettings, find_settings
from trackwright_gen.source.files import DEFAULT_EXCLUDE, select_files
from trackwright_gen.source.project import ReadOptions, SourceProject, read_project

paths_argument = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")


@dataclass(frozen=True, slots=True)
class Reading:
    """A project that was read, and the settings it was read with."""

    project: SourceProject
    settings: LintSettings
    folder: Path
    today: dt.date


def read(paths: tuple[Path, ...], folder: Path) -> Reading:
    """Read the project around some paths, by the settings nearest to the folder."""
    here = folder.resolve()
    targets = [here / path for path in paths] or [here]
    settings = find_settings(_common(targets)).settings.lint
    exclude = (*(settings.exclude or DEFAULT_EXCLUDE), *settings.extend_exclude)
    selection = select_files(targets, exclude)
    if not selection.reported:
        click.echo("warning: no Python files found under the given paths", err=True)
    # Exemptions end with a day of the calendar on the wall.
    today = dt.date.today()  # noqa: DTZ011
    options = ReadOptions(settings.legacy_models, settings.tracking_markers, today)
    with _without_collection():
        return Reading(read_project(selection, options), settings, here, today)


def _common(targets: list[Path]) -> Path:
    """The folder that holds everything that is linted: its settings are the ones that count."""
    common = Path(os.path.commonpath([path.resolve() for path in targets]))
    return common if common.is_dir() else common.parent


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Trees live until the run ends: looking for garbage among them took a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
