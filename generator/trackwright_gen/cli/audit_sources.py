"""What an audit reads: a folder on the disk, or the tree at HEAD of a bare repository."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.audit.ownership import Ownership, ownership_of_folder
from trackwright_gen.audit.trend import Scope
from trackwright_gen.cli.settings_exemptions import exemptions_of
from trackwright_gen.cli.source_options import excluded, sources_of
from trackwright_gen.config import LintSettings, LoadedSettings, Settings, settings_in
from trackwright_gen.errors import ToolError
from trackwright_gen.git.blobs import Blobs
from trackwright_gen.git.history import files_at, head_of
from trackwright_gen.git.owners import find_owners
from trackwright_gen.git.repository import NoRepository, Repository, find_repository
from trackwright_gen.source.exemptions import SettingsExemption
from trackwright_gen.source.files import Excludes, Selection
from trackwright_gen.source.project import ReadOptions, SourceProject, read_project


@dataclass(frozen=True, slots=True)
class AuditSources:
    """The files of an audit, their settings, and the repository around them."""

    root: Path
    selection: Selection
    contents: Mapping[Path, bytes]
    """The bytes of files that are on no disk."""
    scope: Scope
    settings: LintSettings
    repository: Repository | NoRepository
    commit: str | None
    ownership: Ownership
    today: dt.date
    exemptions: tuple[SettingsExemption, ...] = ()
    """What the settings excuse, now and in the past."""

    @property
    def options(self) -> ReadOptions:
        """How the project is read."""
        return ReadOptions(
            self.settings.legacy_models,
            self.settings.tracking_markers,
            self.today,
            exemptions=self.exemptions,
        )

    def read(self) -> SourceProject:
        """Read the project as it is now."""
        return read_project(self.selection, self.options, self.contents)


def audit_sources(path: Path, folder: Path) -> AuditSources:
    """Find what to audit.

    Raises:
        ToolError: there is no such path, or a bare repository without commits.
    """
    target = (folder / path).resolve()
    repository = find_repository(target) if target.exists() else NoRepository(f"{target} does not exist")
    if isinstance(repository, Repository) and repository.worktree is None:
        return _bare(repository)
    sources = sources_of((path,), folder)
    root = sources.selection.roots[0]
    return AuditSources(
        root=root,
        selection=sources.selection,
        contents={},
        scope=Scope(target.relative_to(root), Excludes.of(excluded(sources.settings))),
        settings=sources.settings,
        repository=repository,
        commit=head_of(repository) if isinstance(repository, Repository) else None,
        ownership=ownership_of_folder(root, repository),
        today=sources.today,
        exemptions=sources.exemptions,
    )


def _bare(repository: Repository) -> AuditSources:
    commit, root = head_of(repository), repository.folder
    if commit is None:
        raise ToolError(f"{root} is a bare repository without commits: there is nothing to audit")
    held = files_at(repository, commit)
    with Blobs(repository) as blobs:

        def read(name: str) -> bytes | None:
            return blobs.read([held[name]])[0] if name in held else None

        def text(path: Path) -> str | None:
            return _text(read(path.relative_to(root).as_posix()))

        found = settings_in(root, text) or LoadedSettings(Settings(), None)
        settings = found.settings.lint
        exemptions = exemptions_of(found, text(found.source) if found.source is not None else None)
        scope = Scope(Path(), Excludes.of(excluded(settings)))
        names = [name for name in held if scope.holds(name)]
        data = dict(zip(names, blobs.read([held[name] for name in names]), strict=True))
        owners = find_owners(read)
    contents = {root / name: content for name, content in data.items() if content is not None}
    return AuditSources(
        root=root,
        selection=scope.selection(root, data),
        contents=contents,
        scope=scope,
        settings=settings,
        repository=repository,
        commit=commit,
        ownership=Ownership(root, repository, owners),
        today=dt.date.today(),  # noqa: DTZ011 -- exemptions end with a day of the calendar on the wall
        exemptions=exemptions,
    )


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8-sig", errors="replace")
