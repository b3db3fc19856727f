"""What is known where a copy begins, by which most of the looking is saved."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, literal_column, text

from trackwright.maintenance.legacy.expressions import ALIAS


@dataclass(frozen=True, slots=True)
class Begun:
    """How a copy has begun.

    Attributes:
        is_first: whether no row was linked before.
        horizon: PostgreSQL's oldest transaction of that moment: what a later one wrote was changed since; None where
            all rows are to be looked at.
    """

    is_first: bool
    horizon: str | None


def horizon(connection: Connection) -> str | None:
    """The oldest transaction that may not have been seen yet; None on a database that does not tell."""
    if connection.dialect.name != "postgresql":
        return None
    oldest = text("SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text)")
    return str(connection.execute(oldest).scalar_one())


def written_since(oldest: str) -> ColumnElement[bool]:
    """The legacy rows that were written since; some older ones may be among them."""
    # age() counts back from now, wherever the numbers of transactions begin anew.
    then = text("age(CAST(CAST(:oldest AS xid8) AS xid))").bindparams(oldest=oldest)
    return literal_column(f"age({ALIAS}.xmin)") <= then
