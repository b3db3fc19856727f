"""What moves where: a legacy table read from the database, and each tracking column's value in terms of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Float,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import NoSuchTableError

from trackwright.column_types import UtcDateTime
from trackwright.error_text import ERROR_LENGTH
from trackwright.errors import TrackwrightError
from trackwright.legacy import LegacyMapping, as_tuple, legacy_links
from trackwright.legacy.mapping import USUAL_COLUMNS
from trackwright.maintenance.legacy.expressions import ALIAS, CarriedMetadata, Fingerprint
from trackwright.maintenance.legacy.moments import Moment, Seconds, WrittenMoment
from trackwright.model import TaskTrackingMixin, domain_of, table_of

_NEVER = ("id", "scheduled_at", "dispatch_at", "lease_until")


class LegacyTableError(TrackwrightError):
    """A legacy table, or a mapping onto it, that cannot be worked with."""


@dataclass(frozen=True, slots=True)
class Move:
    """One legacy table's way into one domain.

    Attributes:
        source: the legacy table under its alias.
        key: its primary key's column.
        belongs: which of its rows are the domain's.
        values: per column of the tracking table, its value.
        kind: the column that says which task a row is about, and the domain's text in it; None: all rows are its own.
        word: its status as the legacy table has it.
    """

    domain: str
    name: str
    target: Any
    links: Table
    source: Any
    key: ColumnElement[Any]
    belongs: ColumnElement[bool]
    values: Mapping[str, ColumnElement[Any]]
    word: ColumnElement[Any]
    fingerprint: ColumnElement[str]
    kind: tuple[str, str] | None = None

    @property
    def key_text(self) -> ColumnElement[str]:
        """The key as links have it."""
        return cast(self.key, Text())

    @property
    def refusal(self) -> ColumnElement[Any]:
        """Why a row cannot be copied, as a text; NULL where it can."""
        return refusal_of(self.word, self.values["status"], self.values["created_at"])

    def linked(self) -> ColumnElement[bool]:
        """The link of a legacy row."""
        links = self.links.c
        return and_(links.source == self.name, links.domain == self.domain, links.source_id == self.key_text)


def refusal_of(
    word: ColumnElement[Any], status: ColumnElement[Any], created: ColumnElement[Any]
) -> ColumnElement[Any]:
    """The reason, of a row's status word and of what its status and date became."""
    is_none = func.trim(func.coalesce(word, "")) == ""
    return case(
        (and_(status.is_(None), is_none), "the row has no status: say what that means as '' in `status`"),
        (status.is_(None), "the status '" + word + "' has no meaning: add it to `status`"),
        (created.is_(None), "the row has no date at all"),
    )


def moves_of(model: type[TaskTrackingMixin], connection: Connection) -> tuple[Move, ...]:
    """The moves that a model's `__legacy__` asks for.

    Raises:
        LegacyTableError: a table that does not exist or has no single primary key, a column that is not there.
    """
    return tuple(_move(connection, model, mapping) for mapping in as_tuple(model.__legacy__))


def _move(connection: Connection, model: type[TaskTrackingMixin], mapping: LegacyMapping) -> Move:
    source = _read(connection, mapping).alias(ALIAS)
    target = table_of(model)
    keys = list(source.primary_key)
    if len(keys) != 1:
        message = f"{mapping.name} has no primary key of one column; by it rows are told apart"
        raise LegacyTableError(message)
    places = _Places(source, mapping, postgresql=connection.dialect.name == "postgresql")
    belongs = places.belongs()
    word = places.first("status")
    if word is None:
        message = f"{mapping.name} has no column for the status: name it in the mapping's `fields`"
        raise LegacyTableError(message)
    places.check_targets(target.columns)
    word = cast(word, Text())
    status = _meaning(word, mapping)
    values = dict(_values(target, places))
    created = func.coalesce(
        *(values[name] for name in ("created_at", "started_at", "completed_at", "updated_at"))
    )
    values |= {
        "status": status,
        "created_at": created,
        "updated_at": func.coalesce(
            *(values[name] for name in ("updated_at", "completed_at", "started_at")), created
        ),
        "metadata": CarriedMetadata(
            places.metadata(),
            literal_column(_literal(mapping.name)),
            cast(keys[0], Text()),
            word,
            rest=places.rest(),
        ),
    }
    return Move(
        domain=domain_of(model),
        name=mapping.name,
        target=target,
        links=legacy_links(target.schema),
        source=source,
        key=keys[0],
        belongs=belongs,
        values={name: value for name, value in values.items() if value is not None},
        word=word,
        fingerprint=Fingerprint(column.name for column in source.columns),
        kind=None if mapping.task_type is None else (mapping.type_column, mapping.task_type),
    )


def _read(connection: Connection, mapping: LegacyMapping) -> Table:
    try:
        return Table(
            mapping.table, MetaData(), schema=mapping.schema, autoload_with=connection, resolve_fks=False
        )
    except NoSuchTableError:
        message = f"the database has no table {mapping.name}, which the mapping names"
        raise LegacyTableError(message) from None


def _meaning(word: Any, mapping: LegacyMapping) -> Any:
    said: Any = func.lower(func.trim(func.coalesce(word, "")))
    # Compared as `CASE word WHEN`, so that the word is made small once.
    return case(_meanings(mapping), value=said, else_=null())


def _meanings(mapping: LegacyMapping) -> Any:
    meanings: dict[str, Any] = {}
    for word, status in mapping.status_words().items():
        meanings[word] = literal_column(_literal(status.value))
    return meanings


def _literal(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def _values(target: Any, places: "_Places") -> Iterable[tuple[str, Any]]:
    for column in target.columns:
        if column.name not in (*_NEVER, "metadata", "status"):
            value = places.value(column)
            is_core_date = isinstance(column.type, UtcDateTime) and column.name in USUAL_COLUMNS
            yield column.name, cast(null(), column.type) if value is None and is_core_date else value


class _Places:
    """Which column of the legacy table each column of the tracking table is read from."""

    def __init__(self, source: Any, mapping: LegacyMapping, *, postgresql: bool) -> None:
        self.source = source
        self.mapping = mapping
        self.postgresql = postgresql
        self.used = {column.name for column in source.primary_key}
        self.chosen = {place: self._column(name) for name, place in mapping.fields.items()}

    def belongs(self) -> ColumnElement[bool]:
        """The condition of the task_type filter."""
        if self.mapping.task_type is None:
            return true()
        belongs: ColumnElement[bool] = self._column(self.mapping.type_column) == literal(
            self.mapping.task_type
        )
        return belongs

    def check_targets(self, columns: Any) -> None:
        """Refuse a mapping onto a column that the tracking table does not have, or must not be given."""
        if unknown := [place for place in self.chosen if place not in columns or place in _NEVER]:
            message = f"{self.mapping.name}: nothing can be copied into {', '.join(unknown)}; see `fields`"
            raise LegacyTableError(message)

    def first(self, place: str) -> Any:
        """The column for a place: the chosen one, or the first of the usual names."""
        if place in self.chosen:
            return self.chosen[place]
        for name in USUAL_COLUMNS.get(place, (place,)):
            if name in self.source.columns and name not in self.used:
                return self._column(name)
        return None

    def value(self, column: Any) -> Any:
        """What goes into a column of the tracking table, or None where its default holds."""
        read = self.first(column.name)
        if read is None:
            return None
        if column.name == "error_message":
            return func.substr(cast(read, Text()), 1, ERROR_LENGTH)
        if isinstance(column.type, DateTime | UtcDateTime):
            return self._moment(read)
        # SQLite's CAST would change what it cannot convert; its columns convert what they can.
        return cast(read, column.type) if self.postgresql else read

    def _moment(self, read: Any) -> Any:
        """What a column of moments, of their texts or of seconds since 1970 says."""
        if isinstance(read.type, Numeric | Float | Integer):
            return Seconds(read)
        if isinstance(read.type, String):
            return WrittenMoment(func.nullif(func.trim(read), ""))
        zoned = self.postgresql and getattr(read.type, "timezone", False)
        return read if zoned else Moment(read)

    def metadata(self) -> Any:
        """Its metadata as JSON, or NULL."""
        read = self.first("metadata")
        if read is None:
            return cast(null(), JSONB()) if self.postgresql else null()
        return cast(read, JSONB()) if self.postgresql else read

    def rest(self) -> list[str]:
        """The columns that nothing was read from."""
        return [column.name for column in self.source.columns if column.name not in self.used]

    def _column(self, name: str) -> Any:
        column, _, key = name.partition(".")
        if column not in self.source.columns:
            known = ", ".join(found.name for found in self.source.columns)
            message = f"{self.mapping.name} has no column {column!r}; it has {known}"
            raise LegacyTableError(message)
        found = self.source.columns[column]
        if not key:
            self.used.add(column)
            return found
        if self.postgresql:
            readable = found if isinstance(found.type, JSON) else cast(found, JSONB())
            return readable.op("->>")(key)
        return func.json_extract(found, f'$."{key}"', type_=Text())
