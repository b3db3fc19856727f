"""Two tables -> the operations between them in one go: what SQLite gets, and PostgreSQL where it takes a moment."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeGuard

from alembic.operations import ops

from trackwright_gen.plan import table as plan
from trackwright_gen.revisions.column_names import renamed_columns
from trackwright_gen.revisions.difference import (
    Added,
    ColumnAltered,
    ColumnRenamed,
    CommentChanged,
    Difference,
    Dropped,
    NameChanged,
    differences,
)
from trackwright_gen.revisions.lowering.backfill import filled_at_once
from trackwright_gen.revisions.lowering.old_names import steps_aside, view_dropping, view_making
from trackwright_gen.revisions.mirror import mirror_gone, mirror_made
from trackwright_gen.revisions.operations import ByDialectOp, RefuseOp, RenameColumnOp, SqlOp
from trackwright_gen.revisions.steps import Steps
from trackwright_gen.revisions.type_change import other_kind
from trackwright_gen.spec.sql import for_text_clause

_REBUILD = (
    "only PostgreSQL can take this step: SQLite changes a table by building it anew, and Alembic then reads "
    "the colon in {sql} as the start of a parameter; write the step for your database by hand"
)


def direct(old: plan.Table, new: plan.Table, renames: Mapping[str, str]) -> tuple[ops.MigrateOperation, ...]:
    """Bring a table from `old` to `new`."""
    before = renamed_columns(old, renames)
    found = differences(old, new, renames)
    lowered = tuple(_lowered(found, Steps(before, new)))
    if old.view or new.view:
        return tuple(_around(lowered, found, old, new))
    if any(_rebuilds(operation) for operation in lowered):
        return (*_guard(before, new), *lowered)
    return lowered


def _around(
    lowered: tuple[ops.MigrateOperation, ...], found: tuple[Difference, ...], old: plan.Table, new: plan.Table
) -> Iterator[ops.MigrateOperation]:
    """The steps, while the old name of an adopted table steps aside."""
    away, back = steps_aside(found, old), old.view is None or steps_aside(found, old)
    anew = _shown(old) != _shown(new)
    gone = tuple(SqlOp(sql) for sql in mirror_gone(old, for_good=anew))
    made = tuple(SqlOp(sql) for sql in mirror_made(new, anew=anew))
    yield from _either(view_dropping(old) if away else (), gone)
    yield from (*_guard(old, new), *lowered) if any(map(_rebuilds, lowered)) else lowered
    yield from _either(view_making(new) if back else (), made)


def _shown(table: plan.Table) -> set[str]:
    return {one.name for one in table.view.columns} if table.view else set()


def _either(
    postgresql: tuple[ops.MigrateOperation, ...], other: tuple[ops.MigrateOperation, ...]
) -> Iterator[ByDialectOp]:
    if postgresql or other:
        yield ByDialectOp(postgresql, other)


def _lowered(found: tuple[Difference, ...], steps: Steps) -> Iterator[ops.MigrateOperation]:
    """Renames, dropped indexes, then one batch for the columns and constraints, then the indexes."""
    table = steps.new.name
    for one in found:
        match one:
            case ColumnRenamed(old=column, new=name):
                # Both databases carry the new name into constraints, indexes and predicates.
                yield RenameColumnOp(table, column.name, schema=steps.new.schema, modify_name=name)
            case Dropped(element=plan.Index() as index):
                yield steps.drop_index(index)
            case _:
                continue
    late = tuple(one for one in found if _is_filled_late(one))
    yield from _filled(tuple(one for one in found if one not in late), steps)
    first: list[Difference] = [_loosened(one) if _is_filled_late(one) else one for one in found]
    yield from _batch(first, steps)
    # The value that rows get is one of the type that they have by now.
    yield from _filled(late, steps)
    yield from _batch([_tightened(one) for one in late], steps)
    if names := [one for one in found if isinstance(one, NameChanged)]:
        yield steps.change_names(names)
    for one in found:
        match one:
            case Added(element=plan.Index() as index):
                yield steps.create_index(index)
            case CommentChanged(old=comment, new=new_comment):
                yield steps.change_comment(comment, new_comment)
            case _:
                continue


def _filled(found: tuple[Difference, ...], steps: Steps) -> Iterator[ops.MigrateOperation]:
    """Give rows the default of a column that they must have from now on."""
    for one in found:
        match one:
            case ColumnAltered(
                old=plan.Column(nullable=True),
                new=plan.Column(nullable=False, server_default=str()) as column,
            ):
                yield filled_at_once(column, steps.new)
            case _:
                continue


def _batch(found: Iterable[Difference], steps: Steps) -> Iterator[ops.ModifyTableOps]:
    batch = [operation for one in found for operation in _in_batch(one, steps)]
    if batch:
        yield ops.ModifyTableOps(steps.new.name, batch, schema=steps.new.schema)


def _is_filled_late(one: Difference) -> TypeGuard[ColumnAltered]:
    """Whether a column gets another kind of type and must have a value from then on."""
    match one:
        case ColumnAltered(old=plan.Column(nullable=True) as old, new=plan.Column(nullable=False) as new):
            return new.server_default is not None and other_kind(old.type, new.type)
        case _:
            return False


def _loosened(one: ColumnAltered) -> ColumnAltered:
    return ColumnAltered(one.old, replace(one.new, nullable=True))


def _tightened(one: ColumnAltered) -> ColumnAltered:
    return ColumnAltered(replace(one.new, nullable=True), one.new)


def _in_batch(one: Difference, steps: Steps) -> Iterator[ops.MigrateOperation]:
    match one:
        case Dropped(element=plan.Column() as column):
            yield steps.drop_column(column)
        case Added(element=plan.Column() as column):
            yield from steps.add_column(column)
        case ColumnAltered(old=column, new=new_column):
            yield from steps.alter_column(column, new_column)
        case Dropped(element=plan.Check() | plan.Unique() | plan.ForeignKey() as constraint):
            yield steps.drop_constraint(constraint.name)
        case Added(element=plan.Check() | plan.Unique() | plan.ForeignKey() as constraint):
            yield steps.create_constraint(constraint)
        case _:
            return


def _rebuilds(operation: ops.MigrateOperation) -> bool:
    match operation:
        case ops.ModifyTableOps():
            return True
        case ByDialectOp(other=other):
            return any(_rebuilds(inner) for inner in other)
        case _:
            return False


def _guard(old: plan.Table, new: plan.Table) -> Iterator[ByDialectOp]:
    for table in (old, new):
        texts = [
            *(column.server_default for column in table.columns),
            *(check.condition for check in table.checks),
            *(index.where for index in table.indexes),
        ]
        for sql in texts:
            if sql is not None and for_text_clause(sql) != sql:
                yield ByDialectOp((), (RefuseOp(_REBUILD.format(sql=sql)),))
                return
