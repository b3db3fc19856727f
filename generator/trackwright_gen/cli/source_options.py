"""What the commands that read source share: paths, settings, one call that reads the project."""

import datetime as dt
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from trackwright_gen.cli.settings_exemptions import exemptions_of
from trackwright_gen.config import LintSettings, LoadedSettings, find_settings
from trackwright_gen.source.exemptions import SettingsExemption
from trackwright_gen.source.files import DEFAULT_EXCLUDE, Selection, select_files
from trackwright_gen.source.footprint import Footprint
from trackwright_gen.source.imported_files import select_with_imports
from trackwright_gen.source.project import ReadOptions, SourceProject, read_project
from trackwright_gen.source.readings import PartReadings

paths_argument = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a project, and the settings to read them with."""

    selection: Selection
    settings: LintSettings
    folder: Path
    today: dt.date
    given: Mapping[Path, bytes] = field(default_factory=dict[Path, bytes])
    """Bytes that are not those on the disk: what came through standard input."""
    exemptions: tuple[SettingsExemption, ...] = ()
    specs: tuple[str, ...] = ()
    """Domains that have a spec."""

    def read(self, instead: Mapping[Path, bytes], *, jobs: int = 0) -> SourceProject:
        """Read the project; `instead` holds the bytes of files that are not taken from the disk."""
        return read_project(self.selection, self._options(jobs), instead)

    def read_part(self, files: frozenset[Path], footprint: Footprint) -> SourceProject:
        """Read some files as they are in the project that an earlier run over all of it was about."""
        known = (*sorted(files), *sorted(footprint.for_all - files))
        part = Selection(self.selection.roots, tuple(sorted(files)), known)
        options = replace(self._options(jobs=1), known_names=footprint.names)
        return read_project(part, options, readings=PartReadings(self.selection))

    def _options(self, jobs: int) -> ReadOptions:
        return ReadOptions(
            self.settings.legacy_models,
            self.settings.tracking_markers,
            self.today,
            jobs,
            exemptions=self.exemptions,
            specs=self.specs,
        )


def sources_of(paths: tuple[Path, ...], folder: Path, *, stdin_filename: Path | None = None) -> Sources:
    """Find the project around some paths, and the settings nearest to them.

    A name for standard input is linted alone: with what its imports lead to, and no other file.
    """
    here = folder.resolve()
    if stdin_filename is not None:
        return _alone(here / stdin_filename, here)
    targets = [here / path for path in paths] or [here]
    loaded = find_settings(_common(targets))
    settings = loaded.settings.lint
    selection = select_files(targets, excluded(settings))
    if not selection.reported:
        click.echo("warning: no Python files found under the given paths", err=True)
    # Exemptions end with a day of the calendar on the wall.
    today = dt.date.today()  # noqa: DTZ011
    return Sources(
        selection,
        settings,
        here,
        today,
        exemptions=exemptions_of(loaded),
        specs=_specs(loaded, selection.roots[0]),
    )


def _specs(loaded: LoadedSettings, root: Path) -> tuple[str, ...]:
    """The domains of the specs, as their files are named."""
    folder = (loaded.source.parent if loaded.source else root) / loaded.settings.specs
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def excluded(settings: LintSettings) -> tuple[str, ...]:
    """The patterns of files that the settings leave out."""
    return (*(settings.exclude or DEFAULT_EXCLUDE), *settings.extend_exclude)


def _alone(path: Path, here: Path) -> Sources:
    loaded = find_settings(path.parent)
    data = sys.stdin.buffer.read()
    selection = select_with_imports(path, data)
    today = dt.date.today()  # noqa: DTZ011 -- as above
    return Sources(
        selection,
        loaded.settings.lint,
        here,
        today,
        {path: data},
        exemptions_of(loaded),
        _specs(loaded, selection.roots[0]),
    )


def _common(targets: list[Path]) -> Path:
    """The folder that holds everything that is linted: its settings are the ones that count."""
    common = Path(os.path.commonpath([path.resolve() for path in targets]))
    return common if common.is_dir() else common.parent
