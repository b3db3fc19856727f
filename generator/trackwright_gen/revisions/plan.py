"""From the table that was to the table that shall be: the revisions to write, in order, nothing written yet."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.plan.table import Table
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions.operations import create_table
from trackwright_gen.revisions.script import POSTGRESQL, render_script
from trackwright_gen.revisions.snapshot import snapshot_text
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision file to be written; `sql` is what its upgrade does on PostgreSQL."""

    path: Path
    text: str
    revision: str
    down_revision: str | None
    message: str
    sql: str
    hazards: tuple[str, ...] = ()


def plan_revisions(
    domain: str, old: Table | None, new: Table, home: AlembicHome, *, parent: str | None = None
) -> tuple[Revision, ...]:
    """Plan the revisions that bring a domain's table from `old` (None: it is not there) to `new`.

    `parent` chains to a revision of the same run; else it is the project's one head.

    Raises:
        ToolError: several heads; a revision of this id is there; a change that is not supported yet.
    """
    if old is not None and snapshot_text(old) == snapshot_text(new):
        return ()
    if old is not None:
        raise ToolError(
            f"the table of domain {domain!r} was changed in its spec, and changing an existing table is not "
            "supported yet",
            hint=f"take the change out of the spec, or write the migration of {new.name} by hand",
        )
    down_revision = parent or _head(home)
    revision = _revision_id(domain, down_revision, new)
    message = f"create {new.name}"
    name, text = render_script(
        create_table(new), home=home, revision=revision, parent=down_revision, message=message
    )
    path = _version_location(home, down_revision) / name
    if path.exists():
        raise ToolError(
            "a revision of this name is already there",
            at=Location(path),
            hint=f"if {new.name} was generated before, restore .trackwright/{domain}/ from version control",
        )
    return (
        Revision(
            path=path,
            text=text,
            revision=revision,
            down_revision=down_revision,
            message=message,
            sql=_create_sql(new),
        ),
    )


def _head(home: AlembicHome) -> str | None:
    if len(home.heads) > 1:
        raise ToolError(
            f"the migrations have several heads: {', '.join(home.heads)}",
            at=Location(home.script_location),
            hint="merge them first: alembic merge heads -m 'merge heads'",
        )
    return home.heads[0] if home.heads else None


def _revision_id(domain: str, parent: str | None, table: Table) -> str:
    # Derived, so that two runs from the same state give the same file.
    seed = f"{domain}|{parent}|{snapshot_text(table)}"
    return hashlib.sha256(seed.encode()).hexdigest()[:12]


def _version_location(home: AlembicHome, parent: str | None) -> Path:
    """The folder of the parent's file, where there are several."""
    first = home.version_locations[0]
    if parent is None or len(home.version_locations) == 1:
        return first
    for folder in home.version_locations:
        for file in sorted(folder.rglob("*.py")):
            if any(quoted in file.read_text(errors="replace") for quoted in (f'"{parent}"', f"'{parent}'")):
                return folder
    return first


def _create_sql(planned: Table) -> str:
    table = sqlalchemy_table(planned)
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    statements: list[DDLElement] = [CreateTable(table), *(CreateIndex(index) for index in indexes)]
    return "".join(f"{str(statement.compile(dialect=POSTGRESQL)).strip()};\n" for statement in statements)
