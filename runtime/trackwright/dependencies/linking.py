"""Writing who waits for whom: into rows that exist, locked in one order, and into rows that were just inserted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from trackwright.dependencies import statements
from trackwright.dependencies.flows import Flow
from trackwright.dependencies.references import Link, MissingPrerequisites, OnFailure, TaskRef
from trackwright.dependencies.settling import Ended, Settled, settle
from trackwright.status import ACTIVE

_GONE = "gone"
"""Instead of a status: removed between our first look and our lock."""
Entries = dict[int, dict[str, list[Any]]]
"""By row id: what to append to which list."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The rows that exist already and that new ones refer to."""

    after: tuple[Link, ...]
    parent: Link | None


def find(connection: Connection, after: Iterable[TaskRef], parent: TaskRef | None) -> Surroundings:
    """The links of rows that exist, without locking them: a row's level never changes.

    Raises:
        MissingPrerequisites: some do not; the message names all of them.
    """
    wanted = list(dict.fromkeys((row.table, row.tracking_id) for row in after))
    above = None if parent is None else (parent.table, parent.tracking_id)
    asked = wanted if above is None else [*wanted, above]
    found = _levels(connection, asked)
    if missing := [f"{table} {one}" for table, one in dict.fromkeys(asked) if (table, one) not in found]:
        raise MissingPrerequisites(missing)
    links = {row: Link(found[row], *row) for row in asked}
    return Surroundings(tuple(links[row] for row in wanted), None if above is None else links[above])


def _levels(connection: Connection, rows: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    by_table: dict[str, Entries] = defaultdict(dict)
    for table, one in rows:
        by_table[table][one] = {}
    return {
        (table, row.id): row.level
        for table, entries in by_table.items()
        for batch in statements.batches(entries)
        for row in connection.execute(statements.levels(table), batch)
    }


def metadata_of(flow: Flow, around: Surroundings, *, on_failure: OnFailure | None) -> list[dict[str, Any]]:
    """For each step, what its row's metadata says of its dependencies when it is inserted."""
    before: list[list[int]] = [[] for _ in flow.steps]
    for one, other in flow.edges:
        before[other].append(one)
    entry_level = 1 + max((link.level for link in around.after), default=-1)
    first = set(flow.first)
    made: list[dict[str, Any]] = []
    for position, prerequisites in enumerate(before):
        outside = around.after if position in first else ()
        inside = [made[one].get("level", 0) + 1 for one in prerequisites]
        known: dict[str, Any] = {}
        if count := len(prerequisites) + len(outside):
            known = {"waiting_for": count, "level": max([*inside, entry_level if outside else 0])}
            if (on_failure or flow.steps[position].model.__on_failure__) == "run":
                known["on_failure"] = "run"
        if outside:
            known["prerequisites"] = [list(link) for link in outside]
        if around.parent is not None:
            known["parent"] = list(around.parent)
        made.append(known)
    return made


def connect(connection: Connection, flow: Flow, rows: Sequence[Link], around: Surroundings) -> Settled:
    """Write the flow's edges into its rows, then those to the rows around it; settle what is over already."""
    _connect_inside(connection, flow, rows)
    entries = [rows[position] for position in flow.first]
    statuses = _connect_outside(connection, entries, rows, around)
    over = [
        Ended(link.table, link.tracking_id, statuses.get(link, _GONE), entries)
        for link in around.after
        if statuses.get(link, _GONE) not in ACTIVE
    ]
    return settle(connection, over)


def _connect_inside(connection: Connection, flow: Flow, rows: Sequence[Link]) -> None:
    # Nobody else sees these rows yet, so their order does not matter.
    tables: dict[str, Entries] = defaultdict(dict)
    for before, after in flow.edges:
        _append(tables[rows[before].table], rows[before], "dependents", rows[after])
        _append(tables[rows[after].table], rows[after], "prerequisites", rows[before])
    for table, entries in tables.items():
        for batch in statements.batches(entries):
            connection.execute(statements.connect(table), batch)


def _connect_outside(
    connection: Connection, entries: Sequence[Link], rows: Sequence[Link], around: Surroundings
) -> Mapping[Link, str]:
    tables: dict[tuple[int, str], Entries] = defaultdict(dict)
    lists: dict[Link, dict[str, Sequence[Link]]] = defaultdict(dict)
    for link in around.after:
        lists[link]["dependents"] = entries
    if around.parent is not None:
        lists[around.parent]["children"] = rows
    for link, added in lists.items():
        tables[link.level, link.table][link.tracking_id] = {key: list(value) for key, value in added.items()}
    statuses: dict[Link, str] = {}
    for level, table in sorted(tables):
        for batch in statements.batches(tables[level, table]):
            for row in connection.execute(statements.connect(table), batch):
                statuses[Link(level, table, row.id)] = row.status
    return statuses


def _append(entries: Entries, row: Link, key: str, value: Link) -> None:
    entries.setdefault(row.tracking_id, {}).setdefault(key, []).append(value)
