"""A range of legacy rows into the tracking table, together with their links: one way for each database."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Text, case, cast, func, insert, null, select
from sqlalchemy.dialects.postgresql import REGCLASS

from trackwright.maintenance.legacy.move import Move, refusal_of
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


def _on_postgresql(connection: Connection, move: Move, rows: Any, _bounds: Sequence[Any]) -> CopyStep:
    # One statement: each row is read and converted once, then goes to both tables. A name with a dot is no field's.
    # OFFSET 0, or PostgreSQL would convert the status in every place where it is asked for.
    read = (
        select(
            move.key_text.label("link.source_id"),
            move.fingerprint.label("link.fingerprint"),
            move.word.label("link.word"),
            *(value.label(name) for name, value in move.values.items()),
        )
        .select_from(move.source)
        .where(rows)
        .offset(0)
        .subquery("converted")
    )
    reason = refusal_of(read.c["link.word"], read.c.status, read.c.created_at)
    next_id = case((reason.is_(None), func.nextval(cast(_sequence(connection, move), REGCLASS()))))
    batch = select(read, reason.label("link.reason"), next_id.label("link.tracking_id")).cte("batch").c
    links = select(
        cast(move.name, Text()),
        cast(move.domain, Text()),
        *(batch[f"link.{name}"] for name in ("source_id", "tracking_id", "fingerprint")),
        batch.updated_at,
        batch["link.reason"],
    )
    linked = insert(move.links).from_select(_LINK, links, include_defaults=False)
    values = select(batch["link.tracking_id"], *(batch[name] for name in move.values))
    values = values.where(batch["link.tracking_id"].is_not(None))
    made = insert(move.target).from_select(["id", *move.values], values, include_defaults=False)
    counted = select(func.count(batch["link.tracking_id"]), func.count(batch["link.source_id"]))
    copied, all_rows = connection.execute(counted.add_cte(linked.cte("linked"), made.cte("made"))).one()
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
