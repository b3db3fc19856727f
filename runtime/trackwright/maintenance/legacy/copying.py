"""Copying legacy rows into a tracking table: batch by batch, resumable, again and again while old code still writes.

A batch and its links are one transaction, so a kill at any point loses nothing and repeats nothing. Rows that the
tracking table refuses are found by halving their batch, and noted with the reason.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    null,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from trackwright.jobs.database import Database
from trackwright.legacy import has_links
from trackwright.maintenance.legacy.begun import Begun, horizon
from trackwright.maintenance.legacy.catching_up import catch_up
from trackwright.maintenance.legacy.insertion import INSERTIONS, keep_ids_apart, link_rows, within
from trackwright.maintenance.legacy.move import Move
from trackwright.maintenance.legacy.refused_rows import is_about_rows, said
from trackwright.maintenance.legacy.step import CopyStep

BATCH = 20_000
"""Rows per transaction."""


def copy_rows(database: Database, move: Move, *, batch: int = BATCH) -> Iterator[CopyStep]:
    """Copy what is not copied yet, then what changed since; each step is one committed transaction.

    Rows that were refused before are tried again. Safe to run again, and beside itself.
    """
    begun = database.transact(partial(prepare, move))
    yield from _steps(database, partial(_copy_batch, move, begun), batch)
    database.transact(partial(_learn_sizes, move))
    yield from _steps(database, partial(catch_up, move, begun), batch)


def _steps(database: Database, one_batch: Any, limit: int) -> Iterator[CopyStep]:
    last: Any = None
    while (done := database.transact(partial(one_batch, last, limit))) is not None:
        last, step = done
        yield step


def rows_to_copy(move: Move, connection: Connection) -> int:
    """How many rows have no tracking row yet."""
    condition = move.belongs
    if has_links(connection, move.links.schema):
        arrived = exists().where(move.linked(), move.links.c.tracking_id.is_not(None))
        condition = and_(condition, ~arrived)
    return connection.execute(select(func.count()).select_from(move.source).where(condition)).scalar_one()


def prepare(move: Move, connection: Connection) -> Begun:
    """Make the table of links, and forget rows that were refused: they are tried again."""
    move.links.create(connection, checkfirst=True)
    keep_ids_apart(connection, move)
    links = move.links.c
    own = and_(links.source == move.name, links.domain == move.domain)
    connection.execute(delete(move.links).where(own, links.tracking_id.is_(None)))
    is_first = connection.execute(select(links.source_id).where(own).limit(1)).first() is None
    return Begun(is_first=is_first, horizon=horizon(connection) if is_first else None)


def _copy_batch(
    move: Move, begun: Begun, after: Any, limit: int, connection: Connection
) -> tuple[Any, CopyStep] | None:
    _lock(connection, move)
    _commit_without_waiting(connection)
    # Where nothing was linked before, only a copy beside this one can have linked a row: the links' key shows it.
    step = _unlooked(connection, move, after, limit) if begun.is_first else None
    if step is not None:
        return step
    last = _last_of_next(connection, _open(move, after), move, limit)
    if last is None:
        return None
    return last, _copied_by_halves(connection, move, after, last)


def _unlooked(connection: Connection, move: Move, after: Any, limit: int) -> tuple[Any, CopyStep] | None:
    """A batch without a look for links; None where there are any, or a row is refused, or no row is left."""
    last = _last_of_next(connection, and_(move.belongs, *within(move, after)), move, limit)
    if last is None:
        return None
    rows = within(move, after, last)
    try:
        with connection.begin_nested():
            return last, INSERTIONS[connection.dialect.name](
                connection, move, and_(move.belongs, *rows), rows
            )
    except DBAPIError as error:
        if not is_about_rows(error):
            raise
        return None


def _copied_by_halves(connection: Connection, move: Move, after: Any, last: Any) -> CopyStep:
    step = CopyStep()
    ranges = [(after, last)]
    while ranges:
        low, high = ranges.pop()
        try:
            with connection.begin_nested():
                step += _copy_range(connection, move, low, high)
        except DBAPIError as error:
            if not is_about_rows(error):
                raise
            middle = _middle(connection, move, low, high)
            if middle is None:
                step += _refuse(connection, move, low, high, said(error))
            else:
                ranges += [(middle, high), (low, middle)]
    return step


def _learn_sizes(move: Move, connection: Connection) -> None:
    # The planner takes a table that was just filled for a small one, until somebody counts it. Roughly will do.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL default_statistics_target = 10"))
    connection.execute(text("ANALYZE " + connection.dialect.identifier_preparer.format_table(move.links)))


def _commit_without_waiting(connection: Connection) -> None:
    # A commit that a crash of the server loses takes rows and links together: the next run copies them again. The
    # last transactions of a run wait for the disk, and with them all before them.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL synchronous_commit = off"))


def _lock(connection: Connection, move: Move) -> None:
    # Two copies at once would reserve the same rows and one of them fail. SQLite has one writer anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(
            select(func.pg_advisory_xact_lock(func.hashtext(f"trackwright legacy {move.name} {move.domain}")))
        )


def _open(move: Move, after: Any, last: Any = None) -> Any:
    """The rows of a range that no link knows."""
    # A subquery for each row: as a join it would be planned by sizes that nobody has counted yet.
    link = select(move.links.c.source).where(move.linked()).scalar_subquery()
    condition = and_(move.belongs, link.is_(None))
    return and_(condition, *within(move, after, last))


def _last_of_next(connection: Connection, rows: Any, move: Move, limit: int) -> Any:
    keys = select(move.key).where(rows).order_by(move.key).limit(limit).subquery()
    return connection.execute(select(keys.c[0]).order_by(keys.c[0].desc()).limit(1)).scalar()


def _middle(connection: Connection, move: Move, after: Any, last: Any) -> Any:
    """The key that halves the open rows of a range; None where there is one."""
    rows = _open(move, after, last)
    count = connection.execute(select(func.count()).select_from(move.source).where(rows)).scalar_one()
    if count <= 1:
        return None
    keys = select(move.key).where(rows).order_by(move.key).offset(count // 2 - 1).limit(1)
    return connection.execute(keys).scalar_one()


def _copy_range(connection: Connection, move: Move, after: Any, last: Any) -> CopyStep:
    rows = _open(move, after, last)
    return INSERTIONS[connection.dialect.name](connection, move, rows, within(move, after, last))


def _refuse(connection: Connection, move: Move, after: Any, last: Any, why: str) -> CopyStep:
    rows = _open(move, after, last)
    connection.execute(link_rows(move, rows, next_id=cast(null(), BigInteger()), reason=cast(why, Text())))
    return CopyStep(refused=1)
