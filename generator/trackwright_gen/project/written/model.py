"""A table as a hand-written model describes it."""

from dataclasses import dataclass

from trackwright_gen.location import Location
from trackwright_gen.project.model import ObjectName
from trackwright_gen.spec.sqltype import SqlType


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenColumn:
    """One column. `default` is a literal of the client side, `server_default` SQL text."""

    name: str
    attribute: str
    type: SqlType
    at: Location
    nullable: bool = True
    primary_key: bool = False
    identity: bool = False
    """Whether it is written with Identity(); a plain integer key is a SERIAL."""
    default: str | int | float | bool | None = None
    server_default: str | None = None
    index: bool = False
    unique: bool = False
    references: str | None = None
    on_delete: str | None = None
    words: tuple[str, ...] = ()
    """What an enum's column holds."""
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenIndex:
    """An index with its name in the database; `where` is SQL text."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTable:
    """The table of one model, in the source's order."""

    name: str
    model: ObjectName
    at: Location
    columns: tuple[WrittenColumn, ...]
    uniques: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[WrittenIndex, ...] = ()
    checks: tuple[str, ...] = ()
    comment: str | None = None
    schema: str | None = None
    """What the model itself says; its metadata may say one for all."""

    def column(self, name: str) -> WrittenColumn | None:
        """A column by its name."""
        return next((one for one in self.columns if one.name == name), None)
