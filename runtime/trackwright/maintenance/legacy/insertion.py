"""A range of legacy rows into the tracking table, together with their links: one way for each database."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Text, and_, case, cast, func, insert, null, select
from sqlalchemy.dialects.postgresql import REGCLASS

from trackwright.maintenance.legacy.move import Move
from trackwright.maintenance.legacy.step import CopyStep

_LINK = ("source", "domain", "source_id", "tracking_id", "fingerprint", "row_updated_at", "reason")


def within(move: Move, after: Any, last: Any = None) -> list[Any]:
    """The rows behind one key, up to another."""
    return [
        *([] if after is None else [move.key > after]),
        *([] if last is None else [move.key <= last]),
    ]


def link_rows(move: Move, rows: Any, *, next_id: Any, reason: Any) -> Any:
    """Note rows with their future ids, or with the reason why they get none."""
    values = (
        select(
            cast(move.name, Text()),
            cast(move.domain, Text()),
            move.key_text,
            case((reason.is_(None), next_id), else_=null()),
            move.fingerprint,
            move.values["updated_at"],
            reason,
        )
        .select_from(move.source)
        .where(rows)
    )
    return insert(move.links).from_select(_LINK, values, include_defaults=False)


def _on_postgresql(connection: Connection, move: Move, rows: Any, bounds: Sequence[Any]) -> CopyStep:
    # One statement: what it links it copies, without looking for the new links among all others.
    links = move.links.c
    sequence = _sequence(connection, move)
    linked = link_rows(move, rows, next_id=func.nextval(cast(sequence, REGCLASS())), reason=move.refusal)
    new = linked.returning(links.source_id, links.tracking_id).cte("new")
    values = (
        select(new.c.tracking_id, *move.values.values())
        .join_from(move.source, new, and_(new.c.source_id == move.key_text, new.c.tracking_id.is_not(None)))
        .where(*bounds)
    )
    made = insert(move.target).from_select(["id", *move.values], values, include_defaults=False)
    counted = select(func.count(new.c.tracking_id), func.count()).select_from(new)
    copied, all_rows = connection.execute(counted.add_cte(made.returning(move.target.c.id).cte("made"))).one()
    return CopyStep(copied=copied, refused=all_rows - copied)


def keep_ids_apart(connection: Connection, move: Move) -> None:
    """Begin new ids behind the legacy table's, so that an id that a client holds means one row only.

    SQLite needs no word for it: see `_on_sqlite`.
    """
    if connection.dialect.name == "postgresql" and isinstance(move.key.type, Integer):
        sequence = cast(_sequence(connection, move), REGCLASS())
        largest = select(func.coalesce(func.max(move.key), 0)).scalar_subquery()
        connection.execute(select(func.setval(sequence, func.greatest(func.nextval(sequence), largest))))


def _sequence(connection: Connection, move: Move) -> Any:
    return connection.execute(select(func.pg_get_serial_sequence(_regclass(move), "id"))).scalar_one()


def _regclass(move: Move) -> str:
    quoted = [f'"{part}"' for part in (move.target.schema, move.target.name) if part]
    return ".".join(quoted)


def _on_sqlite(connection: Connection, move: Move, rows: Any, bounds: Sequence[Any]) -> CopyStep:
    # One writer at a time: ids that are new now are this range's.
    before = _highest(connection, move.target.c.id)
    if isinstance(move.key.type, Integer):
        before = max(before, _highest(connection, move.key))
    next_id = before + func.row_number().over(order_by=move.key)
    linked = connection.execute(link_rows(move, rows, next_id=next_id, reason=move.refusal)).rowcount
    values = (
        select(move.links.c.tracking_id, *move.values.values())
        .join_from(move.source, move.links, move.linked())
        .where(move.links.c.tracking_id > before, *bounds)
    )
    made = insert(move.target).from_select(["id", *move.values], values, include_defaults=False)
    copied = connection.execute(made).rowcount
    return CopyStep(copied=copied, refused=linked - copied)


def _highest(connection: Connection, column: Any) -> int:
    found: int = connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
    return found


Insertion = Callable[[Connection, Move, Any, Sequence[Any]], CopyStep]
INSERTIONS: Mapping[str, Insertion] = {"postgresql": _on_postgresql, "sqlite": _on_sqlite}
