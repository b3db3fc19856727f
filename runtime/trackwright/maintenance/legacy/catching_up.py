"""Legacy rows that old code changed after they were copied: the tracking row follows, unless it has moved on."""

from typing import Any

from sqlalchemy import Connection, Text, and_, case, cast, func, null, select, update
from sqlalchemy.exc import DBAPIError

from trackwright.maintenance.legacy.begun import Begun, written_since
from trackwright.maintenance.legacy.move import Move
from trackwright.maintenance.legacy.refused_rows import is_about_rows, said
from trackwright.maintenance.legacy.step import CopyStep

_KEYS = 5_000
"""At most so many keys are named in one statement, of which a driver takes 32,767 values."""
MOVED_ON = (
    "changed in the legacy table after its tracking row had changed or gone; the tracking row stays as it is"
)


def catch_up(
    move: Move, begun: Begun, after: Any, limit: int, connection: Connection
) -> tuple[Any, CopyStep] | None:
    """Bring one batch of changed rows up to date; the last key, and what was done."""
    changed = select(move.key).join_from(move.source, move.links, move.linked())
    changed = changed.where(move.belongs, move.links.c.fingerprint != move.fingerprint)
    if begun.horizon is not None:
        changed = changed.where(written_since(begun.horizon))
    if after is not None:
        changed = changed.where(move.key > after)
    keys = list(connection.execute(changed.order_by(move.key).limit(min(limit, _KEYS))).scalars())
    if not keys:
        return None
    updated = refused = 0
    groups = [keys]
    while groups:
        group = groups.pop()
        try:
            with connection.begin_nested():
                done = _follow(connection, move, group)
        except DBAPIError as error:
            if not is_about_rows(error):
                raise
            if len(group) > 1:
                groups += [group[len(group) // 2 :], group[: len(group) // 2]]
                continue
            _note(connection, move, group, said(error))
            done = 0
        updated += done
        refused += len(group) - done
    return keys[-1], CopyStep(updated=updated, refused=refused)


def _follow(connection: Connection, move: Move, keys: list[Any]) -> int:
    """Change the tracking rows of these legacy rows; how many were still as they were copied."""
    target, links = move.target, move.links
    rows = and_(move.key.in_(keys), move.linked())
    values = {name: value for name, value in move.values.items() if name != "created_at"}
    followed = (
        update(target)
        .values({target.c[name]: value for name, value in values.items()})
        .where(
            rows,
            target.c.id == links.c.tracking_id,
            target.c.updated_at == links.c.row_updated_at,
            move.refusal.is_(None),
        )
        .returning(target.c.id)
    )
    done = list(connection.execute(followed).scalars())
    is_done = links.c.tracking_id.in_(done)
    seen = (
        update(links)
        .values(
            fingerprint=move.fingerprint,
            row_updated_at=case((is_done, values["updated_at"]), else_=links.c.row_updated_at),
            reason=case((is_done, null()), else_=func.coalesce(move.refusal, cast(MOVED_ON, Text()))),
        )
        .where(rows)
    )
    connection.execute(seen)
    return len(done)


def _note(connection: Connection, move: Move, keys: list[Any], why: str) -> None:
    rows = and_(move.key.in_(keys), move.linked())
    connection.execute(update(move.links).values(fingerprint=move.fingerprint, reason=why).where(rows))
