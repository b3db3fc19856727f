"""The old name of an adopted table on SQLite: the old table itself, kept equal by triggers in both directions.

A view with INSTEAD OF triggers will not do there: what is inserted has no id that SQLAlchemy could learn, and
what is updated counts as no row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trackwright_gen.plan.table import Table, View
from trackwright_gen.revisions.operations import RefuseRowOp
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_type
from trackwright_gen.revisions.views import case, known_words, listed, meaning
from trackwright_gen.spec.naming import fitted
from trackwright_gen.spec.sql import quoted

_INSERT = (
    "INSERT INTO {to} ({columns}) SELECT {values} WHERE NOT EXISTS (SELECT 1 FROM {to} WHERE {key} = {id});"
)
_UPDATE = "UPDATE {to} SET {changes} WHERE {key} = {id} AND ({differs});"
_DELETE = "DELETE FROM {to} WHERE {key} = {id};"
_UNKNOWN = "SELECT {status} FROM {table} WHERE {status} NOT IN ({words}) LIMIT 1"
_EVENTS = ("insert", "update", "delete")


def mirror_gone(table: Table, *, for_good: bool) -> Iterator[str]:
    """The triggers go, since SQLite builds a table anew to change it; for good, the old table goes too."""
    if table.view is not None:
        yield from triggers_dropped(table.view)
        if for_good:
            yield f"DROP TABLE {quoted(table.view.name)}"


def mirror_made(table: Table, *, anew: bool) -> Iterator[str]:
    """The triggers come back, and the old table too where it was gone."""
    if table.view is not None:
        if anew:
            yield from given_back(table.view, table)
        yield from triggers_made(table.view, table)


def unknown_word(view: View) -> RefuseRowOp:
    """Stop before anything is made, which SQLite would keep: a row whose status nothing is known of."""
    status = next(quoted(one.name) for one in view.columns if one.column == "status")
    query = _UNKNOWN.format(status=status, table=quoted(view.name), words=listed(known_words(view)))
    return RefuseRowOp(
        query, f"a row of {view.name} has a status that the spec does not know (adopt: status:)"
    )


def copied(view: View, table: Table) -> str:
    """Bring the old table's rows into the new one."""
    pairs = list(_taken(view, table, "o"))
    columns, values = (", ".join(part) for part in zip(*pairs, strict=True))
    return f"INSERT INTO {quoted(table.name)} ({columns})\nSELECT {values} FROM {quoted(view.name)} AS o"


def given_back(view: View, table: Table) -> Iterator[str]:
    """Make the old table anew, for who goes back to where it was there."""
    lines = [_declared(view, place) for place in range(len(view.columns))]
    yield f"CREATE TABLE {quoted(view.name)} (\n    {(',' + chr(10) + '    ').join(lines)}\n)"
    columns = ", ".join(quoted(one.name) for one in view.columns)
    values = ", ".join(_shown(view, one.column, "t") for one in view.columns)
    yield f"INSERT INTO {quoted(view.name)} ({columns})\nSELECT {values} FROM {quoted(table.name)} AS t"


def _declared(view: View, place: int) -> str:
    one = view.columns[place]
    kind = "INTEGER" if one.primary_key else sqlalchemy_type(one.type).compile(dialect=_sqlite())
    rule = " PRIMARY KEY" if one.primary_key else "" if one.nullable else " NOT NULL"
    return f"{quoted(one.name)} {kind}{rule}"


def _sqlite() -> object:
    from sqlalchemy.dialects import sqlite

    return sqlite.dialect()


def triggers_made(view: View, table: Table) -> Iterator[str]:
    """Whatever is written to either table is written to the other, which ends where both are equal."""
    old, new = quoted(view.name), quoted(table.name)
    key = next(quoted(one.name) for one in view.columns if one.primary_key)
    taken = dict(_taken(view, table, "NEW"))
    yield from _triggers(view, _Way(old, key, new, "id", back=False), taken, taken)
    shown = {quoted(one.name): _shown(view, one.column, "NEW") for one in view.columns}
    kept = {name: _or_same(view, name, value, old) for name, value in shown.items()}
    yield from _triggers(view, _Way(new, "id", old, key, back=True), shown, kept)


@dataclass(frozen=True, slots=True)
class _Way:
    """From a table to the other one, and their keys."""

    table: str
    own_key: str
    to: str
    key: str
    back: bool


def _triggers(
    view: View, way: _Way, inserted: Mapping[str, str], updated: Mapping[str, str]
) -> Iterator[str]:
    columns, values = (", ".join(part) for part in (inserted, inserted.values()))
    changes = {column: value for column, value in updated.items() if column != way.key}
    bodies = {
        "insert": _INSERT.format(
            to=way.to, key=way.key, id=f"NEW.{way.own_key}", columns=columns, values=values
        ),
        "update": _UPDATE.format(
            to=way.to,
            key=way.key,
            id=f"OLD.{way.own_key}",
            changes=", ".join(f"{column} = {value}" for column, value in changes.items()),
            differs=" OR ".join(f"{column} IS NOT {value}" for column, value in changes.items()),
        ),
        "delete": _DELETE.format(to=way.to, key=way.key, id=f"OLD.{way.own_key}"),
    }
    for event in _EVENTS:
        name = _name(view, event, back=way.back)
        head = f"CREATE TRIGGER {name} AFTER {event.upper()} ON {way.table} BEGIN"
        yield f"{head}\n    {bodies[event]}\nEND"


def triggers_dropped(view: View) -> Iterator[str]:
    """DROP TRIGGER, all of them."""
    for back in (False, True):
        yield from (f"DROP TRIGGER {_name(view, event, back=back)}" for event in _EVENTS)


def _name(view: View, event: str, *, back: bool) -> str:
    return quoted(fitted(f"{view.name}_{event}_{'back' if back else 'there'}"))


def _taken(view: View, table: Table, row: str) -> Iterator[tuple[str, str]]:
    """Column of the tracking table -> SQL of what it gets."""
    columns = {column.name: column for column in table.columns}
    for one in view.columns:
        value = f"{row}.{quoted(one.name)}"
        column = columns[one.column]
        if one.column == "status":
            value = meaning(value, view)
        if not column.nullable and column.server_default is not None:
            value = f"COALESCE({value}, {column.server_default})"
        yield quoted(one.column), value


def _shown(view: View, column: str, row: str) -> str:
    value = f"{row}.{quoted(column)}"
    return case(value, view.shown) if column == "status" else value


def _or_same(view: View, name: str, value: str, old: str) -> str:
    """The old table keeps its own word for a status that it means already."""
    status = next(quoted(one.name) for one in view.columns if one.column == "status")
    if name != status:
        return value
    own = f"{old}.{name}"
    return f"CASE WHEN {meaning(own, view)} = NEW.status THEN {own} ELSE {value} END"
