"""The view under an adopted table's old name steps aside while columns that it shows change, and comes back."""

from collections.abc import Iterable, Iterator

from trackwright_gen.plan.table import Column, Table
from trackwright_gen.revisions.difference import (
    ColumnAltered,
    ColumnRenamed,
    Difference,
    Dropped,
    ViewChanged,
)
from trackwright_gen.revisions.lowering.step import Operations, Phase, Step
from trackwright_gen.revisions.operations import SqlOp
from trackwright_gen.revisions.views import view_dropped, view_made


def lifted(found: Iterable[Difference], old: Table) -> Iterator[Step]:
    """Drop the view before anything else, in the same transaction."""
    if old.view is not None and steps_aside(found, old):
        yield Step(Phase.CHANGE, up=view_dropping(old), down=view_making(old))


def laid(found: Iterable[Difference], old: Table, new: Table) -> Iterator[Step]:
    """Make the view after everything else that takes a moment."""
    if new.view is not None and (old.view is None or steps_aside(found, old)):
        yield Step(Phase.CHANGE, up=view_making(new), down=view_dropping(new))


def steps_aside(found: Iterable[Difference], old: Table) -> bool:
    """Whether the view itself changes, or a column that it shows."""
    shown = {one.column for one in old.view.columns} if old.view else set[str]()
    return any(_touches(one, shown) for one in found)


def _touches(one: Difference, shown: set[str]) -> bool:
    match one:
        case ViewChanged():
            return True
        case ColumnRenamed(old=column):
            return column.name in shown
        case Dropped(element=Column(name=name)):
            return name in shown
        case ColumnAltered(old=old, new=new):
            return new.name in shown and (
                (old.type, old.server_default, old.nullable) != (new.type, new.server_default, new.nullable)
            )
        case _:
            return False


def view_making(table: Table) -> Operations:
    """CREATE VIEW, for a table that has one."""
    return tuple(SqlOp(sql) for sql in view_made(table.view, table)) if table.view else ()


def view_dropping(table: Table) -> Operations:
    """DROP VIEW, for a table that has one."""
    return tuple(SqlOp(sql) for sql in view_dropped(table.view, table)) if table.view else ()
