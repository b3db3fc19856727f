"""Columns: added without a rewrite, altered in the catalog where that is possible, dropped at the end."""

from collections.abc import Iterator
from dataclasses import replace

from trackwright_gen.plan.table import Column
from trackwright_gen.revisions.defaults import differs_per_row
from trackwright_gen.revisions.lowering.backfill import filled, filled_at_once
from trackwright_gen.revisions.lowering.not_null import tightened
from trackwright_gen.revisions.lowering.step import Operations, Phase, Step
from trackwright_gen.revisions.operations import SqlOp
from trackwright_gen.revisions.steps import Steps
from trackwright_gen.revisions.type_change import changes_zone


def added(column: Column, steps: Steps) -> Iterator[Step]:
    """ADD COLUMN; a default that differs per row comes after, because PostgreSQL would write every row anew."""
    if not differs_per_row(column.server_default):
        yield Step(Phase.CHANGE, up=tuple(steps.add_column(column)), down=(steps.back.drop_column(column),))
        return
    bare = replace(column, nullable=True, server_default=None)
    given = replace(column, nullable=True)
    yield Step(
        Phase.CHANGE,
        up=(*steps.add_column(bare), *steps.alter_column(bare, given)),
        down=(steps.back.drop_column(column),),
    )
    if column.nullable:
        yield filled(column, steps.new)
    else:
        yield from tightened(column, steps.new)


def altered(old: Column, new: Column, steps: Steps) -> Iterator[Step]:
    """ALTER COLUMN; that it must have a value in steps of its own."""
    tighter = old.nullable and not new.nullable
    target = replace(new, nullable=True) if tighter else new
    up: Operations = tuple(steps.alter_column(old, target))
    down: Operations = tuple(steps.back.alter_column(target, old))
    up, down = (*_in_utc(old, new), *up), (*_in_utc(old, new), *down)
    if old.server_default is not None and new.nullable and not old.nullable:
        # The value that rows get is one of the type that they have by then.
        loose = replace(old, nullable=True)
        down = (
            *_in_utc(old, new),
            *steps.back.alter_column(target, loose),
            filled_at_once(old, steps.new),
            *steps.back.alter_column(loose, old),
        )
    if up or down:
        yield Step(Phase.CHANGE, up, down)
    if tighter:
        yield from tightened(new, steps.new)


def _in_utc(old: Column, new: Column) -> Operations:
    """Moments that get or lose a zone are those of UTC, and then PostgreSQL writes no row anew."""
    return (SqlOp("SET LOCAL timezone = 'UTC'"),) if changes_zone(old.type, new.type) else ()


def dropped(column: Column, steps: Steps) -> Step:
    """DROP COLUMN."""
    return Step(Phase.FINISH, up=(steps.drop_column(column),), down=tuple(steps.back.add_column(column)))
