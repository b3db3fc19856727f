"""How rows of any domain name each other: in Python by model and id, in the metadata by level, table and id."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from trackwright.errors import TrackwrightError
from trackwright.model import TaskTrackingMixin, table_of

OnFailure: TypeAlias = Literal["cancel", "run"]
"""What a row does when a prerequisite of it failed for good or was cancelled."""


@dataclass(frozen=True, slots=True)
class TaskRef:
    """A tracking row of any domain, by its model and id."""

    model: type[TaskTrackingMixin]
    tracking_id: int

    @property
    def table(self) -> str:
        """The full name of the row's table."""
        return str(table_of(self.model).fullname)

    def __str__(self) -> str:
        return f"{self.table} {self.tracking_id}"


Tracked: TypeAlias = TaskRef | TaskTrackingMixin
"""A row as callers may name it: by reference, or itself."""


class Link(NamedTuple):
    """A row as another row's metadata names it. Its level is above those of all its prerequisites.

    Rows are always locked in the order of their links, so that no two transactions wait for each other.
    """

    level: int
    table: str
    tracking_id: int


class MissingPrerequisites(TrackwrightError, LookupError):
    """Rows that shall be waited for, or be a parent, do not exist."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(
            f"cannot depend on {', '.join(self.missing)}: no such row. "
            "Create it first, in this transaction or an earlier one; a pruned row needs no waiting for."
        )


class SeparateDatabases(TrackwrightError, ValueError):
    """Rows of different databases cannot depend on each other: no transaction spans both."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(
            f"{one} and {other} lie in different databases: their rows cannot depend on each other."
        )


def reference(row: Tracked) -> TaskRef:
    """The reference to a row, whichever way the caller names it."""
    return row if isinstance(row, TaskRef) else TaskRef(type(row), row.id)


def require_one_database(session: Session, models: Iterable[type[TaskTrackingMixin]]) -> Any:
    """The mapper to find the one database by, in which the tables of all models lie.

    Raises:
        SeparateDatabases: they lie in several.
    """
    first, *others = models
    mapper = inspect(first)
    bind = session.get_bind(mapper)
    for other in others:
        if session.get_bind(inspect(other)) is not bind:
            raise SeparateDatabases(table_of(first).name, table_of(other).name)
    return mapper
