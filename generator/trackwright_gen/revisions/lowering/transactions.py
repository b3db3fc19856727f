"""The steps of all differences, gathered into transactions in an order in which each finds what it needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from trackwright_gen.plan.table import Check, Column, ForeignKey, Index, Table, Unique
from trackwright_gen.revisions.column_names import columns_in, renamed_columns
from trackwright_gen.revisions.difference import (
    Added,
    ColumnAltered,
    ColumnRenamed,
    CommentChanged,
    Difference,
    Dropped,
    Element,
    NameChanged,
    TableTaken,
    ViewChanged,
    WordsTaken,
)
from trackwright_gen.revisions.lowering import columns, constraints, indexes, names, old_names, taking_over
from trackwright_gen.revisions.lowering.step import Operations, Phase, Step
from trackwright_gen.revisions.lowering.timeouts import within_limits
from trackwright_gen.revisions.steps import Steps
from trackwright_gen.revisions.type_change import other_kind


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one revision does on PostgreSQL, there and back, its timeouts included."""

    phase: Phase
    upgrade: Operations
    downgrade: Operations


def lowered(
    found: tuple[Difference, ...], old: Table, new: Table, renames: Mapping[str, str]
) -> tuple[Transaction, ...]:
    """Lower the differences between two tables."""
    steps = tuple(_Lowering(found, old, new, renames).steps())
    return tuple(
        _transaction(phase, own) for phase in Phase if (own := [s for s in steps if s.phase is phase])
    )


def _transaction(phase: Phase, steps: list[Step]) -> Transaction:
    there = tuple(operation for step in steps for operation in step.up)
    back = tuple(operation for step in reversed(steps) for operation in step.down)
    return Transaction(phase, within_limits(phase, there), within_limits(phase, back))


class _Lowering:
    """Knows all differences, since some decide when others can be done."""

    def __init__(
        self, found: tuple[Difference, ...], old: Table, new: Table, renames: Mapping[str, str]
    ) -> None:
        self._found = found
        # Indexes that go first go under the names that the columns still have.
        self._present = Steps(old, new)
        self._steps = Steps(renamed_columns(old, renames), new)
        self._coming = {one.element.name for one in found if isinstance(one, Added)}
        self._coming_keys = {
            one.element.columns[0]
            for one in found
            if isinstance(one, Added) and isinstance(one.element, Unique) and len(one.element.columns) == 1
        }
        self._other_kind = frozenset(
            one.new.name
            for one in found
            if isinstance(one, ColumnAltered) and other_kind(one.old.type, one.new.type)
        )

    def steps(self) -> Iterator[Step]:
        yield from old_names.lifted(self._found, self._present.old)
        for one in self._found:
            yield from self._steps_of(one)
        yield from old_names.laid(self._found, self._present.old, self._steps.new)
        # Last, so that a query always has the old index or the new one.
        for one in self._found:
            if isinstance(one, Dropped) and isinstance(one.element, Index):
                yield self._index_dropped(one.element)

    def _steps_of(self, one: Difference) -> Iterator[Step]:
        steps = self._steps
        match one:
            case ColumnRenamed(old=column, new=name):
                yield names.column_renamed(column.name, name, steps.new)
            case ColumnAltered(old=old, new=new):
                yield from columns.altered(old, new, steps)
            case Added(element=element):
                yield from self._added(element)
            case Dropped(element=Column() as column):
                yield columns.dropped(column, steps)
            case Dropped(element=(Check() | ForeignKey() | Unique()) as constraint):
                phase = Phase.CHANGE if self._in_the_way(constraint) else Phase.FINISH
                yield constraints.dropped(constraint, phase, steps)
            case NameChanged(old=element, new=other):
                yield names.element_renamed(element, other, steps)
            case CommentChanged(old=comment, new=new_comment):
                yield names.comment_changed(comment, new_comment, steps)
            case TableTaken() | WordsTaken():
                yield from taking_over.steps_of(one, steps.new)
            case Dropped() | ViewChanged():
                return
            case _:
                assert_never(one)

    def _added(self, element: Element) -> Iterator[Step]:
        match element:
            case Column():
                yield from columns.added(element, self._steps)
            case Index():
                yield indexes.added(self._steps.after(element.name))
            case ForeignKey():
                needs_key = element.target_within(self._steps.new) in self._coming_keys
                yield from constraints.added(element, self._steps, needs_key=needs_key)
            case Check() | Unique():
                yield from constraints.added(element, self._steps)
            case _:
                assert_never(element)

    def _index_dropped(self, index: Index) -> Step:
        if self._in_the_way(index):
            return indexes.dropped(self._present.before(index.name), Phase.CLEAR)
        return indexes.dropped(self._steps.before(index.name), Phase.INDEX)

    def _in_the_way(self, element: Check | ForeignKey | Unique | Index) -> bool:
        """Whether it must go first: its name is wanted, or a column of it changes to another kind of type."""
        return element.name in self._coming or bool(self._mentioned(element) & self._other_kind)

    def _mentioned(self, element: Check | ForeignKey | Unique | Index) -> frozenset[str]:
        match element:
            case Check(condition=condition):
                return columns_in(condition, self._other_kind)
            case ForeignKey(column=column):
                return frozenset((column, element.target_within(self._steps.new) or column))
            case Unique(columns=names):
                return frozenset(names)
            case Index(columns=names, where=where):
                return frozenset(names) | columns_in(where or "", self._other_kind)
            case _:
                assert_never(element)
