"""The heads of a migration history, read from the revision files without running them."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.location import Location
from trackwright_gen.project.source_file import SourceFile, parse_source

REVISION_FILE = re.compile(r"(?!\.\#|__init__).*\.py")


@dataclass(frozen=True, slots=True)
class RevisionFile:
    """One revision: its id, its parents and where they are written."""

    path: Path
    revision: str
    parents: tuple[str, ...]
    at: Location
    """Where the parents are written."""


def read_revisions(locations: Iterable[Path], *, recursive: bool) -> tuple[RevisionFile, ...]:
    """All revisions of the version folders, in the order of their files.

    Raises:
        ToolErrors: revision files that cannot be read.
    """
    revisions, errors = _read_all(locations, recursive=recursive)
    if errors:
        raise ToolErrors(errors)
    return tuple(revisions)


def read_heads(locations: Iterable[Path], *, recursive: bool) -> tuple[RevisionFile, ...]:
    """The revisions that no other follows; more than one is for the caller to judge.

    Raises:
        ToolErrors: broken revision files, ids used twice, parents that do not exist: all at once.
    """
    revisions, errors = _read_all(locations, recursive=recursive)
    known: dict[str, RevisionFile] = {}
    for revision in revisions:
        twin = known.setdefault(revision.revision, revision)
        if twin is not revision:
            errors.append(_twice(revision, twin))
    errors.extend(_without_parent(revisions, known))
    if errors:
        raise ToolErrors(errors)
    followed = {parent for revision in revisions for parent in revision.parents}
    heads = tuple(known[name] for name in sorted(known.keys() - followed))
    if known and not heads:
        raise ToolErrors(
            [ToolError("the revisions follow each other in a circle", at=Location(revisions[0].path))]
        )
    return heads


def _read_all(locations: Iterable[Path], *, recursive: bool) -> tuple[list[RevisionFile], list[ToolError]]:
    revisions: list[RevisionFile] = []
    errors: list[ToolError] = []
    for path in _revision_files(locations, recursive=recursive):
        try:
            revisions.append(read_revision(path))
        except ToolError as error:
            errors.append(error)
    return revisions, errors


def _revision_files(locations: Iterable[Path], *, recursive: bool) -> list[Path]:
    pattern = "**/*.py" if recursive else "*.py"
    found = {path for location in locations for path in location.glob(pattern)}
    return sorted(
        path for path in found if REVISION_FILE.fullmatch(path.name) and "__pycache__" not in path.parts
    )


def read_revision(path: Path) -> RevisionFile:
    """Read `revision` and `down_revision` of one file.

    Raises:
        ToolError: they are missing, or no literals.
    """
    source = parse_source(path, path.stem)
    revision = _literal(source, source.assigned.get("revision"), "revision")
    parents = _literal(source, source.assigned.get("down_revision"), "down_revision")
    if len(revision) != 1:
        raise ToolError("the file has no `revision`", at=Location(path), hint="is it a migration at all?")
    place = source.assigned.get("down_revision", source.assigned["revision"])
    return RevisionFile(path, revision[0], parents, source.at(place))


def _literal(source: SourceFile, node: ast.expr | None, name: str) -> tuple[str, ...]:
    match node:
        case None | ast.Constant(value=None):
            return ()
        case ast.Constant(value=str(value)):
            return (value,)
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(part for item in items for part in _literal(source, item, name))
        case _:
            raise ToolError(
                f"`{name}` is no literal, so the history cannot be read without running it",
                at=source.at(node),
                hint="write the revision's id as a string",
            )


def _twice(revision: RevisionFile, twin: RevisionFile) -> ToolError:
    return ToolError(
        f"the revision {revision.revision!r} exists twice, also in {twin.path.name}",
        at=Location(revision.path),
        hint="give one of them another id",
    )


def _without_parent(revisions: list[RevisionFile], known: dict[str, RevisionFile]) -> list[ToolError]:
    return [
        ToolError(
            f"the parent revision {parent!r} does not exist",
            at=revision.at,
            hint="is a file missing, or a folder of version_locations?",
        )
        for revision in revisions
        for parent in revision.parents
        if parent not in known
    ]
