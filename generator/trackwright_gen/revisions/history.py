"""The project's revisions as the planner needs them: read from their source, never run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.project.history import read_revisions
from trackwright_gen.project.model import AlembicHome


@dataclass(frozen=True, slots=True)
class History:
    """Revision ids with their files and parents, the one head, and the version folders."""

    head: str | None
    paths: Mapping[str, Path]
    parents: Mapping[str, tuple[str | None, ...]]
    folders: tuple[Path, ...]

    @classmethod
    def read(cls, home: AlembicHome) -> "History":
        """Read them.

        Raises:
            ToolError: there are several heads, or the head is not there.
            ToolErrors: revision files that cannot be read.
        """
        if len(home.heads) > 1:
            raise ToolError(
                f"the migrations have several heads: {', '.join(home.heads)}",
                at=Location(home.script_location),
                hint="join them first: alembic merge heads",
            )
        found = read_revisions(home.version_locations, recursive=home.recursive)
        paths = {one.revision: one.path for one in found}
        head = next(iter(home.heads), None)
        if head is not None and head not in paths:
            raise ToolError(
                f"the revision {head!r} is in none of the version folders", at=Location(home.config)
            )
        return cls(
            head, paths, {one.revision: one.parents or (None,) for one in found}, home.version_locations
        )

    def ancestors_of(self, revisions: Iterable[str]) -> frozenset[str]:
        """Every revision that goes before one of some revisions."""
        found: set[str] = set()
        waiting = list(revisions)
        while waiting:
            for parent in self.parents.get(waiting.pop(), ()):
                if parent is not None and parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return frozenset(found)

    def folder_of(self, parent: str | None) -> Path:
        """The version folder for a revision that follows `parent`: where that one's file, or the head's, is."""
        path = self.paths.get(parent or "") or self.paths.get(self.head or "")
        inside = (folder for folder in self.folders if path is not None and path.is_relative_to(folder))
        return max(inside, key=lambda folder: len(folder.parts), default=self.folders[0])
