"""The revision that takes legacy rows away: all of a table with the table, or those of some kinds."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from alembic.operations import ops
from sqlalchemy import Table

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions.change import Change
from trackwright_gen.revisions.ddl import postgresql_sql
from trackwright_gen.revisions.history import History
from trackwright_gen.revisions.operations import SqlOp
from trackwright_gen.revisions.revision import Hazard, Revision
from trackwright_gen.revisions.script import render_script
from trackwright_gen.spec.sql import quoted, text_literal

_GUARD = "trackwright_guard"
_REASON = "rows_have_not_arrived_run_trackwright_legacy_data"


@dataclass(frozen=True, slots=True)
class LegacyTable:
    """A legacy table whose rows have arrived.

    Attributes:
        table: as the database has it.
        name: with its schema, as the links know it.
        kinds: per domain, the column that says the kind and its text; None: every row is the domain's.
        goes: whether no row of other kinds is left, so that the table goes as a whole.
    """

    table: Table
    name: str
    kinds: tuple[tuple[str, tuple[str, str] | None], ...]
    goes: bool


def plan_legacy_removal(
    found: Sequence[LegacyTable], home: AlembicHome, links: Table, *, links_go: bool
) -> tuple[Revision, ...]:
    """Plan one revision per legacy table. It looks again, where it runs, that every row it takes away has arrived.

    Args:
        found: the tables.
        home: the project's migrations.
        links: the table that knows which row became which.
        links_go: drop that table too, in the last revision: no legacy table is left.

    Raises:
        ToolError: several heads, a broken history or template.
    """
    history = History.read(home)
    revisions: list[Revision] = []
    below = history.head
    for one in found:
        change = _drop(one, links.name) if one.goes else _delete(one, links.name)
        if links_go and one is found[-1]:
            change = _with_links(change, links)
        own = hashlib.sha256(f"legacy|{one.name}|{below}".encode()).hexdigest()[:12]
        name, text = render_script(change, home=home, revision=own, parent=below)
        path = history.folder_of(below) / name
        if own in history.paths or path.exists():
            raise ToolError("this revision is there already", at=Location(history.paths.get(own, path)))
        loss = Hazard(
            "data loss", f"legacy rows of {one.name} are gone, and going back does not bring them back"
        )
        revisions.append(
            Revision(
                path=path,
                text=text,
                revision=own,
                down_revision=below,
                message=change.message,
                sql=postgresql_sql(change.upgrade),
                hazards=(loss,),
            )
        )
        below = own
    return tuple(revisions)


def _with_links(change: Change, links: Table) -> Change:
    drop, create = ops.DropTableOp.from_table(links), ops.CreateTableOp.from_table(links)
    return Change(change.message, (*change.upgrade, drop), (create, *change.downgrade))


def _drop(one: LegacyTable, links: str) -> Change:
    table = one.table
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    created = (ops.CreateTableOp.from_table(table), *(ops.CreateIndexOp.from_index(each) for each in indexes))
    return Change(
        f"drop legacy {one.name}",
        (*_guarded(one, links, ""), ops.DropTableOp.from_table(table)),
        created,
    )


def _delete(one: LegacyTable, links: str) -> Change:
    conditions = " OR ".join(
        f"{quoted(kind[0])} = {text_literal(kind[1])}" for _, kind in one.kinds if kind is not None
    )
    delete = f"DELETE FROM {_name(one)} WHERE {conditions}"  # noqa: S608 -- quoted names and literals
    texts = ", ".join(kind[1] for _, kind in one.kinds if kind is not None)
    return Change(
        f"delete legacy rows {texts} of {one.name}"[:60],
        (*_guarded(one, links, conditions), SqlOp(delete)),
        (),
    )


def _guarded(one: LegacyTable, links: str, condition: str) -> tuple[ops.MigrateOperation, ...]:
    """A constraint that fails while a row has not arrived: both databases understand it, and `--sql` too."""
    key = next(iter(one.table.primary_key)).name
    domains = ", ".join(text_literal(domain) for domain, _ in one.kinds)
    # An anti-join: NOT IN would compare every row with every link where the links do not fit into memory.
    missing = (
        f"NOT EXISTS (SELECT 1 FROM {quoted(links)} AS known WHERE known.source = {text_literal(one.name)} "  # noqa: S608 -- quoted names and literals
        f"AND known.domain IN ({domains}) AND known.source_id = CAST(legacy.{quoted(key)} AS VARCHAR))"
    )
    where = f"({condition}) AND {missing}" if condition else missing
    count = f"SELECT count(*) FROM {_name(one)} AS legacy WHERE {where}"  # noqa: S608 -- the same
    return (
        SqlOp(
            f"CREATE TEMPORARY TABLE {_GUARD} (rows_left BIGINT CONSTRAINT {_REASON} CHECK (rows_left = 0))"
        ),
        SqlOp(f"INSERT INTO {_GUARD} {count}"),
        SqlOp(f"DROP TABLE {_GUARD}"),
    )


def _name(one: LegacyTable) -> str:
    return ".".join(quoted(part) for part in (one.table.schema, one.table.name) if part)
