"""A change in a few words, for the revision's message and its file's name."""

from collections.abc import Iterable

from trackwright_gen.plan.table import Column
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

_LONGEST = 3


def summary_of(found: Iterable[Difference]) -> str:
    """Name the columns that change, or say that only constraints and indexes do."""
    words = [said for one in found if (said := _said(one))]
    if not words:
        return "change constraints and indexes"
    listed = ", ".join(words[:_LONGEST])
    return f"{listed} and more" if len(words) > _LONGEST else listed


def _said(one: Difference) -> str:
    match one:
        case ColumnRenamed(old=column, new=name):
            return f"rename {column.name} to {name}"
        case Dropped(element=Column(name=name)):
            return f"drop {name}"
        case Added(element=Column(name=name)):
            return f"add {name}"
        case ColumnAltered(new=column):
            return f"alter {column.name}"
        case CommentChanged():
            return "change the comment"
        case TableTaken(adoption=adoption):
            return f"adopt {adoption.table.name}"
        case ViewChanged(old=view, new=None) if view is not None:
            return f"end {view.name}"
        case Dropped() | Added() | NameChanged() | WordsTaken() | ViewChanged():
            return ""
