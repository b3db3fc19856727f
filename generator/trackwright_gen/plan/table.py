"""The database table of a domain as data: what the model, the snapshot and the migration agree on."""

from dataclasses import dataclass
from typing import Any

from trackwright_gen.spec.sql import qualified
from trackwright_gen.spec.sqltype import SqlType


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `server_default` is SQL text; `default` the Python literal of the client side."""

    name: str
    attribute: str
    type: SqlType
    nullable: bool = True
    default: Any = None
    server_default: str | None = None
    identity: bool = False
    primary_key: bool = False
    comment: str | None = None
    core: bool = False
    """One of the base structure's columns: the mixin has it, templates do not repeat it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A reference to one column of another table."""

    name: str
    column: str
    target_table: str
    target_column: str
    on_delete: str | None = None

    def target_within(self, table: "Table") -> str | None:
        """The column that it refers to, where that is one of this very table."""
        return self.target_column if self.target_table == table.name else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """A unique constraint over whole rows."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A named CHECK constraint; `condition` is SQL text with quoted names."""

    name: str
    condition: str
    core: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index; `where` is the SQL text of a partial index's predicate."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str | None = None
    core: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewColumn:
    """A column as old code knows it: its name, the table's column behind it, the type it had."""

    name: str
    column: str
    type: SqlType
    nullable: bool = True
    primary_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The name that an adopted table had, under which old code goes on to read and write it.

    Attributes:
        name: the old name.
        columns: what old code sees.
        words: every word that old code writes as a status, and the status it means.
        shown: per status, the word that old code reads for it.
    """

    name: str
    columns: tuple[ViewColumn, ...]
    words: tuple[tuple[str, str], ...] = ()
    shown: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A domain's table, core structure included, in the order in which it is created."""

    name: str
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[Index, ...] = ()
    comment: str | None = None
    view: View | None = None
    schema: str | None = None
    """The schema that the project's metadata has; None: the default one."""

    @property
    def sql_name(self) -> str:
        """The name in SQL."""
        return qualified(self.schema, self.name)

    def sql_name_of(self, name: str) -> str:
        """The name in SQL of what lies beside it: an index, a view."""
        return qualified(self.schema, name)
