"""What differs between two tables, as data: in the order in which it is done, without a word of Alembic."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from trackwright_gen.errors import ToolError
from trackwright_gen.plan.adoption import Adoption
from trackwright_gen.plan.table import Check, Column, ForeignKey, Index, Table, Unique, View
from trackwright_gen.revisions.column_names import columns_in, renamed_columns, renaming_order
from trackwright_gen.revisions.type_change import other_kind, type_name

Constraint: TypeAlias = ForeignKey | Unique | Check
Element: TypeAlias = Column | Constraint | Index


@dataclass(frozen=True, slots=True)
class ColumnRenamed:
    """A column has a new name; databases carry it into constraints and indexes by themselves."""

    old: Column
    new: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """An element is gone."""

    element: Element


@dataclass(frozen=True, slots=True)
class Added:
    """An element is new."""

    element: Element


@dataclass(frozen=True, slots=True)
class ColumnAltered:
    """A column stays, and something about it does not."""

    old: Column
    new: Column


@dataclass(frozen=True, slots=True)
class NameChanged:
    """A constraint or index is called differently and is otherwise the same."""

    old: Constraint | Index
    new: Constraint | Index


@dataclass(frozen=True, slots=True)
class CommentChanged:
    """The table's comment is another one."""

    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class TableTaken:
    """A hand-written table becomes this one: its name, its columns' names, its key."""

    adoption: Adoption


@dataclass(frozen=True, slots=True)
class WordsTaken:
    """Its status words become statuses."""

    adoption: Adoption


@dataclass(frozen=True, slots=True)
class ViewChanged:
    """The old name of an adopted table begins, changes or ends."""

    old: View | None
    new: View | None


Difference: TypeAlias = (
    TableTaken
    | ColumnRenamed
    | Dropped
    | Added
    | ColumnAltered
    | NameChanged
    | CommentChanged
    | WordsTaken
    | ViewChanged
)


def differences(old: Table, new: Table, renames: Mapping[str, str]) -> tuple[Difference, ...]:
    """List what brings `old` to `new`; `renames` are columns, old name -> new name.

    Raises:
        ToolError: the columns' new names run in a circle, or the key of the table would change.
    """
    order = renaming_order(renames)
    columns = {column.name: column for column in old.columns}
    before = renamed_columns(old, renames)
    _refuse_other_key(before, new)
    return (
        *(ColumnRenamed(columns[name], renames[name]) for name in order),
        *_between(before, new),
    )


def adopting_differences(adoption: Adoption, new: Table) -> tuple[Difference, ...]:
    """List what makes a hand-written table the planned one.

    Words become statuses once the column can hold them, and before anything insists on statuses.
    """
    before = adopted_table(adoption, new)
    found = _between(before, new)
    early: list[Difference] = []
    late: list[Difference] = []
    for one in found:
        match one:
            case Dropped() | ColumnAltered() | Added(element=Column()):
                early.append(one)
            case _:
                late.append(one)
    return (TableTaken(adoption), *early, WordsTaken(adoption), *late)


def adopted_table(adoption: Adoption, new: Table) -> Table:
    """The hand-written table under its new name, its columns under theirs."""
    renamed = renamed_columns(adoption.table, adoption.renames)
    types = {column.name: column.type for column in new.columns}
    # What PostgreSQL calls alike is one type, however it was written.
    columns = tuple(
        replace(column, type=types[column.name])
        if column.name in types and type_name(types[column.name]) == type_name(column.type)
        else column
        for column in renamed.columns
    )
    return replace(renamed, name=new.name, columns=columns)


def _refuse_other_key(old: Table, new: Table) -> None:
    keys = [{(c.name, c.identity) for c in table.columns if c.primary_key} for table in (old, new)]
    if keys[0] != keys[1]:
        raise ToolError(
            f"the primary key of {new.name} would change, which no migration of ours does",
            hint="restore .trackwright/ from version control: every tracking table has the key `id`",
        )


def _between(old: Table, new: Table) -> Iterator[Difference]:
    kept = _Kept.of(old, new)
    gone, more, renamed = kept.split(_named(old), _named(new))
    yield from (Dropped(element) for element in gone)
    before, after = _columns(old), _columns(new)
    yield from (Dropped(before[name]) for name in before if name not in after)
    yield from (Added(after[name]) for name in after if name not in before)
    for name in after:
        if name in before and _physical(before[name]) != _physical(after[name]):
            yield ColumnAltered(before[name], after[name])
    yield from renamed
    yield from (Added(element) for element in reversed(more))
    if old.comment != new.comment:
        yield CommentChanged(old.comment, new.comment)
    if old.view != new.view:
        yield ViewChanged(old.view, new.view)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Tells constraints and indexes that stay from those that must be made anew."""

    remade_columns: frozenset[str]
    retyped_columns: frozenset[str]
    table: Table

    @classmethod
    def of(cls, old: Table, new: Table) -> "_Kept":
        before, after = _columns(old), _columns(new)
        both = before.keys() & after.keys()
        return cls(
            frozenset(n for n in both if other_kind(before[n].type, after[n].type)),
            frozenset(n for n in both if before[n].type.name != after[n].type.name),
            new,
        )

    def split(
        self, old: Mapping[str, Constraint | Index], new: Mapping[str, Constraint | Index]
    ) -> tuple[list[Constraint | Index], list[Constraint | Index], list[NameChanged]]:
        """What goes, what comes, and what only changes its name."""
        gone = {name: one for name, one in old.items() if not self._stays(one, new.get(name))}
        more = {name: one for name, one in new.items() if not self._stays(one, old.get(name))}
        changed: list[NameChanged] = []
        for name, one in list(more.items()):
            if name in old:
                continue
            twin = next((n for n, other in gone.items() if n not in new and self._alike(other, one)), None)
            if twin is not None:
                changed.append(NameChanged(gone.pop(twin), more.pop(name)))
        return list(gone.values()), list(more.values()), changed

    def _stays(self, one: Constraint | Index, other: Constraint | Index | None) -> bool:
        return other is not None and self._comparable(one) == self._comparable(other) and self._lasts(one)

    def _alike(self, one: Constraint | Index, other: Constraint | Index) -> bool:
        return self._comparable(replace(one, name=other.name)) == self._comparable(other) and self._lasts(one)

    @staticmethod
    def _comparable(one: Constraint | Index) -> Constraint | Index:
        return replace(one, core=False) if isinstance(one, Check | Index) else one

    def _lasts(self, one: Constraint | Index) -> bool:
        # The database has a predicate in terms of the type that its column had.
        match one:
            case Check(condition=text) | Index(where=str(text)):
                return not columns_in(text, self.remade_columns)
            case ForeignKey(column=column) if target := one.target_within(self.table):
                # Between the two columns' changes, their types would not go together.
                return not {column, target} & self.retyped_columns
            case _:
                return True


def _columns(table: Table) -> dict[str, Column]:
    return {column.name: column for column in table.columns}


def _named(table: Table) -> dict[str, Constraint | Index]:
    # Indexes first: they are dropped before and, the order reversed, created after all constraints.
    elements: tuple[Constraint | Index, ...] = (
        *table.indexes,
        *table.foreign_keys,
        *table.uniques,
        *table.checks,
    )
    return {element.name: element for element in elements}


def _physical(column: Column) -> Column:
    return replace(column, attribute="", default=None, core=False)
