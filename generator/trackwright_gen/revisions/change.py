"""Two tables -> the revisions between them, there and back, each for both databases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alembic.operations import ops

from trackwright_gen.plan import table as plan
from trackwright_gen.plan.adoption import Adoption
from trackwright_gen.revisions.difference import Difference, adopted_table
from trackwright_gen.revisions.direct import direct
from trackwright_gen.revisions.lowering import Phase, Transaction, brief_limits, lowered
from trackwright_gen.revisions.lowering.old_names import view_dropping, view_making
from trackwright_gen.revisions.mirror import (
    copied,
    mirror_gone,
    mirror_made,
    triggers_dropped,
    triggers_made,
    unknown_word,
)
from trackwright_gen.revisions.operations import ByDialectOp, SqlOp
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_table
from trackwright_gen.revisions.summary import summary_of


@dataclass(frozen=True, slots=True)
class Change:
    """What one revision does, there and back, and what it is called."""

    message: str
    upgrade: tuple[ops.MigrateOperation, ...]
    downgrade: tuple[ops.MigrateOperation, ...]
    commits_apart: bool = False
    """Whether it must not share a transaction with other revisions."""


def create_table(planned: plan.Table) -> Change:
    """Create a table with its constraints and indexes; going back drops it."""
    table = sqlalchemy_table(planned)
    indexes = {str(index.name): index for index in table.indexes}
    create = (
        ops.CreateTableOp.from_table(table),
        *(ops.CreateIndexOp.from_index(indexes[name]) for name in sorted(indexes)),
    )
    limits = ByDialectOp(brief_limits())
    # Dropping a table drops its indexes; naming each would only repeat the list.
    return Change(f"create {planned.name}", (limits, *create), (limits, ops.DropTableOp.from_table(table)))


def old_name(table: plan.Table) -> tuple[tuple[ByDialectOp, ...], tuple[ByDialectOp, ...]]:
    """What takes away the old name of an adopted table for good, and what brings it back; nothing for others."""
    if table.view is None:
        return (), ()
    gone = tuple(SqlOp(sql) for sql in mirror_gone(table, for_good=True))
    made = tuple(SqlOp(sql) for sql in mirror_made(table, anew=True))
    return (ByDialectOp(view_dropping(table), gone),), (ByDialectOp(view_making(table), made),)


def adopt_table(found: tuple[Difference, ...], adoption: Adoption, new: plan.Table) -> tuple[Change, ...]:
    """Make a hand-written table the planned one; SQLite gets it beside the old one, which triggers keep equal."""
    before = adopted_table(adoption, new)
    transactions = lowered(found, before, new, {})
    made = create_table(new)
    there = (
        unknown_word(adoption.view),
        *made.upgrade[1:],
        SqlOp(copied(adoption.view, new)),
        *(SqlOp(sql) for sql in triggers_made(adoption.view, new)),
    )
    back = (*(SqlOp(sql) for sql in triggers_dropped(adoption.view)), *made.downgrade[1:])
    return _named(transactions, f"{new.name}: adopt {adoption.table.name}", new, there, back)


def change_table(
    found: tuple[Difference, ...], old: plan.Table, new: plan.Table, renames: Mapping[str, str]
) -> tuple[Change, ...]:
    """Bring a table from `old` to `new`: in one revision where that takes a moment, else in several."""
    back = {new_name: old_name for old_name, new_name in renames.items()}
    there_at_once, back_at_once = direct(old, new, renames), direct(new, old, back)
    message = f"{new.name}: {summary_of(found)}"
    transactions = lowered(found, old, new, renames)
    if all(one.phase.is_brief for one in transactions):
        limits = ByDialectOp(brief_limits())
        return (Change(message, (limits, *there_at_once), (limits, *back_at_once)),)
    return _named(transactions, message, new, there_at_once, back_at_once)


def _named(
    transactions: tuple[Transaction, ...],
    message: str,
    new: plan.Table,
    there: tuple[ops.MigrateOperation, ...],
    back: tuple[ops.MigrateOperation, ...],
) -> tuple[Change, ...]:
    """One change per transaction; other databases do everything in the first."""
    names = [
        message if one.phase is Phase.CHANGE else f"{one.phase.value} {new.name}" for one in transactions
    ]
    first, *others = transactions
    return (
        _change(names[0], first, there, back),
        *(_change(name, one) for name, one in zip(names[1:], others, strict=True)),
    )


def _change(
    message: str,
    transaction: Transaction,
    there: tuple[ops.MigrateOperation, ...] = (),
    back: tuple[ops.MigrateOperation, ...] = (),
) -> Change:
    return Change(
        message,
        tuple(_chosen(transaction.upgrade, there)),
        tuple(_chosen(transaction.downgrade, back)),
        commits_apart=True,
    )


def _chosen(
    postgresql: tuple[ops.MigrateOperation, ...], other: tuple[ops.MigrateOperation, ...]
) -> Iterator[ByDialectOp]:
    if postgresql or other:
        yield ByDialectOp(postgresql, other)
