"""The proof that legacy rows have arrived: counts and checksums per status and per day, on both sides."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Numeric, Text, and_, cast, exists, func, literal, select
from sqlalchemy.types import Float, Integer

from trackwright.legacy import has_links
from trackwright.maintenance.legacy.expressions import SQLITE_DIGEST, Checksum
from trackwright.maintenance.legacy.move import Move

_NUMBERS: Any = (Integer, Numeric, Float)
"""What SQLite changes when it stores it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A status and a day (UTC) of which the two sides do not agree: rows and checksum of each."""

    status: str
    day: str
    expected: tuple[int, int]
    found: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison of one legacy table with one domain found.

    Attributes:
        rows: legacy rows of the domain.
        compared: copied rows that both sides still have as they were copied.
        moved_on: copied rows that changed in the tracking table since: not compared.
        gone: copied rows that are not in the tracking table any more.
        not_copied: legacy rows without a link.
        refused: legacy rows with a reason instead of a tracking row.
        stale: legacy rows that changed since they were copied.
        differences: statuses and days that do not agree.
    """

    domain: str
    source: str
    rows: int
    compared: int = 0
    moved_on: int = 0
    gone: int = 0
    not_copied: int = 0
    refused: int = 0
    stale: int = 0
    differences: tuple[Difference, ...] = ()

    def passed(self, *, accept_refused: bool = False, accept_gone: bool = False) -> bool:
        """Whether nothing is missing and nothing differs."""
        missing = self.not_copied or self.stale or self.differences
        return not (missing or (self.refused and not accept_refused) or (self.gone and not accept_gone))


def verify(move: Move, connection: Connection) -> Verification:
    """Compare the legacy rows of a domain with their tracking rows; reads only."""
    if connection.dialect.name == "sqlite":
        connection.connection.create_function(SQLITE_DIGEST, 1, _digest, deterministic=True)
    rows = _count(connection, select(func.count()).select_from(move.source).where(move.belongs))
    if not has_links(connection, move.links.schema):
        return Verification(move.domain, move.name, rows=rows, not_copied=rows)
    expected, found = _expected(connection, move), _found(connection, move)
    differences = tuple(
        Difference(status, day, expected.get((status, day), (0, 0)), found.get((status, day), (0, 0)))
        for status, day in sorted(expected.keys() | found.keys())
        if expected.get((status, day)) != found.get((status, day))
    )
    links, target = move.links, move.target
    linked = select(func.count()).join_from(move.source, links, move.linked()).where(move.belongs)
    arrived = linked.where(links.c.tracking_id.is_not(None))
    is_there = exists().where(target.c.id == links.c.tracking_id)
    return Verification(
        domain=move.domain,
        source=move.name,
        rows=rows,
        compared=sum(count for count, _ in found.values()),
        moved_on=_count(connection, arrived.where(is_there, ~_untouched_exists(move))),
        gone=_count(connection, arrived.where(~is_there)),
        not_copied=rows - _count(connection, linked),
        refused=_count(connection, linked.where(links.c.tracking_id.is_(None))),
        stale=_count(connection, arrived.where(links.c.fingerprint != move.fingerprint)),
        differences=differences,
    )


def _count(connection: Connection, statement: Any) -> int:
    counted: int = connection.execute(statement).scalar_one()
    return counted


def _untouched(move: Move) -> Any:
    return and_(
        move.target.c.id == move.links.c.tracking_id, move.target.c.updated_at == move.links.c.row_updated_at
    )


def _untouched_exists(move: Move) -> Any:
    return exists().where(_untouched(move))


def _both(move: Move) -> Any:
    return and_(move.belongs, move.links.c.reason.is_(None))


def _expected(connection: Connection, move: Move) -> Mapping[tuple[str, str], tuple[int, int]]:
    """What the tracking table should hold, made anew from the legacy rows."""
    sqlite = connection.dialect.name == "sqlite"
    values = {
        name: _comparable(move.target.c[name], value, sqlite=sqlite) for name, value in move.values.items()
    }
    statement = (
        _summary(move, values)
        .join_from(move.source, move.links, move.linked())
        .where(_both(move), _untouched_exists(move))
    )
    return _read(connection, statement)


def _found(connection: Connection, move: Move) -> Mapping[tuple[str, str], tuple[int, int]]:
    """What it holds."""
    values = {name: move.target.c[name] for name in move.values}
    # Through the legacy rows as well: a link whose legacy row is gone has nothing to be compared with.
    statement = (
        _summary(move, values)
        .join_from(move.links, move.target, _untouched(move))
        .join(move.source, move.linked())
        .where(_both(move))
    )
    return _read(connection, statement)


def _comparable(column: Any, value: Any, *, sqlite: bool) -> Any:
    """A value as the column stores it."""
    return cast(value, column.type) if sqlite and isinstance(column.type, _NUMBERS) else value


def _summary(move: Move, values: Mapping[str, Any]) -> Any:
    day = cast(func.substr(cast(values["created_at"], Text()), 1, 10), Text())
    text: Any = move.links.c.source_id
    for name in sorted(values):
        text = text + literal("|") + func.coalesce(cast(values[name], Text()), literal("~"))
    return select(cast(values["status"], Text()), day, func.count(), Checksum(text)).group_by(
        cast(values["status"], Text()), day
    )


def _read(connection: Connection, statement: Any) -> dict[tuple[str, str], tuple[int, int]]:
    rows: Any = connection.execute(statement).all()
    return {(row[0], row[1]): (row[2], int(row[3])) for row in rows}


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=5).digest())
