"""What a change may do to data, to running code and to those who need the table, in words."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from trackwright_gen.plan.table import Check, Column, ForeignKey, Index, Unique, View
from trackwright_gen.revisions.defaults import differs_per_row
from trackwright_gen.revisions.difference import (
    Added,
    ColumnAltered,
    ColumnRenamed,
    CommentChanged,
    Difference,
    Dropped,
    NameChanged,
    TableTaken,
    ViewChanged,
    WordsTaken,
)
from trackwright_gen.revisions.revision import Hazard
from trackwright_gen.revisions.type_change import loses, rewrites, type_name


def hazards_of(found: Iterable[Difference], table: str) -> tuple[Hazard, ...]:
    """Name the hazards of all differences, each once."""
    return tuple(dict.fromkeys(hazard for one in found for hazard in _hazards(one, table)))


def _hazards(one: Difference, table: str) -> Iterator[Hazard]:
    match one:
        case ColumnRenamed(old=column, new=name):
            yield Hazard("running code", f"code that runs now knows {column.name} and not {name}")
        case Dropped(element=Column() as column):
            yield Hazard(
                "data loss", f"what {column.name} holds is gone, and going back does not bring it back"
            )
            yield Hazard("running code", f"code that runs now still reads and writes {column.name}")
        case Added(element=Column() as column):
            yield from _of_new_column(column, table)
        case Added(element=Index() as index):
            yield from _of_new_index(index)
        case Added(element=(Check() | Unique() | ForeignKey()) as constraint):
            yield from _of_new_constraint(constraint)
        case ColumnAltered(old=old, new=new):
            yield from _of_altered(old, new, table)
        case TableTaken() | WordsTaken() | ViewChanged():
            yield from _of_old_name(one, table)
        case Dropped() | NameChanged() | CommentChanged():
            return


def _of_old_name(one: TableTaken | WordsTaken | ViewChanged, table: str) -> Iterator[Hazard]:
    match one:
        case TableTaken(adoption=adoption):
            yield Hazard(
                "running code",
                f"{adoption.table.name} is a view of {table} from now on: old code reads and writes through it, "
                "but cannot say TRUNCATE or ON CONFLICT (on SQLite it stays a table, which triggers keep equal)",
            )
        case WordsTaken(adoption=adoption):
            yield from _of_words(adoption.view, table)
        case ViewChanged(old=View() as view, new=None):
            yield Hazard("running code", f"code that still says {view.name} finds nothing there any more")
        case ViewChanged():
            return
        case _:
            assert_never(one)


def _of_words(view: View, table: str) -> Iterator[Hazard]:
    yield Hazard(
        "may fail", f"a row of {view.name} with a status that the spec does not know stops the change"
    )
    if view.words:
        words = ", ".join(f"{word} becomes {status}" for word, status in view.words)
        yield Hazard("backfill", f"the status of each row of {table} is written as ours: {words}")
    meant = dict(view.words)
    for status, word in view.shown:
        if meant.get(word, word) != status:
            yield Hazard("running code", f"old code has no word for {status} and reads {word}")


def _of_new_column(column: Column, table: str) -> Iterator[Hazard]:
    if differs_per_row(column.server_default):
        yield Hazard(
            "backfill", f"rows of {table} have no {column.name} until each got {column.server_default}"
        )


def _of_new_index(index: Index) -> Iterator[Hazard]:
    if index.unique:
        yield Hazard("may fail", f"rows that are equal in {', '.join(index.columns)} stop {index.name}")


def _of_new_constraint(constraint: Check | Unique | ForeignKey) -> Iterator[Hazard]:
    match constraint:
        case Check(name=name, condition=condition):
            yield Hazard("may fail", f"a row that is not {condition} stops {name}")
        case Unique(name=name, columns=columns):
            yield Hazard("may fail", f"rows that are equal in {', '.join(columns)} stop {name}")
        case ForeignKey(name=name, column=column, target_table=target):
            yield Hazard("may fail", f"a {column} that {target} does not have stops {name}")
        case _:
            assert_never(constraint)


def _of_altered(old: Column, new: Column, table: str) -> Iterator[Hazard]:
    if rewrites(old.type, new.type):
        change = f"{new.name} becomes {type_name(new.type)}"
        yield Hazard(
            "rewrite",
            f"{change}: every row of {table} is written anew, and nobody reads or writes the table meanwhile",
        )
        yield Hazard("may fail", f"a {new.name} that is no {type_name(new.type)} stops the change")
    if lost := loses(old.type, new.type):
        yield Hazard("data loss", f"of {new.name}, {lost} is gone, and going back does not bring it back")
    if old.nullable and not new.nullable:
        yield from _of_required(new)


def _of_required(column: Column) -> Iterator[Hazard]:
    name, default = column.name, column.server_default
    if default is None:
        yield Hazard("may fail", f"a row without {name} stops the change: fill it first")
    else:
        yield Hazard(
            "backfill", f"rows without {name} get {default}, and going back does not tell them apart again"
        )
    yield Hazard("running code", f"code that runs now may still write rows without {name}")
