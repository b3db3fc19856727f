"""A tracking row under the names and status words of its legacy table: what clients of old expect (principles 9)."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, cast, overload

from trackwright.legacy.mapping import USUAL_COLUMNS, LegacyMapping, LegacyMappings, as_tuple
from trackwright.metadata_keys import DEPENDENCY_KEYS, METADATA_KEYS
from trackwright.status import TrackingStatus

_OURS = METADATA_KEYS | DEPENDENCY_KEYS | {"dispatch", "legacy"}


class LegacyView:
    """Reads a tracking row by the names of the legacy table's columns; pydantic's `from_attributes` takes it.

    The status is the legacy word: of several that mean the same, the first in the mapping. Times are naive and
    in UTC, as legacy tables have them. Nothing can be assigned.
    """

    __slots__ = ("_mapping", "_row", "_texts")

    def __init__(self, row: Any, mapping: LegacyMapping, texts: Collection[str] = ()) -> None:
        self._row = row
        self._mapping = mapping
        self._texts = frozenset(texts)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = self._value(name)
        if name in self._texts and value is not None:
            return str(value)
        return _naive(value) if isinstance(value, datetime) else value

    def __repr__(self) -> str:
        return f"LegacyView({self._mapping.name}, {self._row!r})"

    def _value(self, name: str) -> Any:
        mapping = self._mapping
        if name == mapping.type_column and mapping.task_type is not None:
            return mapping.task_type
        if name in USUAL_COLUMNS["status"]:
            return legacy_word(mapping, TrackingStatus(self._row.status))
        if name in mapping.fields:
            return _column(self._row, mapping.fields[name])
        if name in USUAL_COLUMNS["metadata"]:
            return self._metadata(name)
        for place, names in USUAL_COLUMNS.items():
            if name in names:
                return getattr(self._row, place)
        kept: Any = self._row.task_metadata.get("legacy", {}).get("row", {})
        return kept[name] if name in kept else getattr(self._row, name)

    def _metadata(self, name: str) -> Any:
        """The caller's keys, those that were set aside, and those that have become columns."""
        stored: Mapping[str, Any] = self._row.task_metadata
        own = {key: value for key, value in stored.items() if key not in _OURS}
        aside: Any = stored.get("legacy", {}).get("metadata")
        if isinstance(aside, dict):
            own = cast("dict[str, Any]", aside) | own
        elif aside is not None and not own:
            return aside
        for legacy, column in self._mapping.fields.items():
            owner, _, key = legacy.partition(".")
            if owner == name and key:
                own[key] = _column(self._row, column)
        return own


@overload
def legacy_view(row: None, *, texts: Collection[str] = ()) -> None: ...
@overload
def legacy_view(row: Any, *, texts: Collection[str] = ()) -> Any: ...
def legacy_view(row: Any, *, texts: Collection[str] = ()) -> Any:
    """A tracking row as its legacy table had it, for responses that must stay what they were; None for None.

    Args:
        row: a row of a model with a `__legacy__`, or None.
        texts: columns that the legacy table kept as text, while the domain's field is of another type.

    Raises:
        TypeError: the row's model has no `__legacy__`.
    """
    if row is None:
        return None
    declared: LegacyMappings = row.__legacy__
    mappings = as_tuple(declared)
    if not mappings:
        message = f"{type(row).__name__} has no __legacy__: nothing says what its rows were called"
        raise TypeError(message)
    origin = row.task_metadata.get("legacy", {}).get("table")
    mapping = next((each for each in mappings if each.name == origin), mappings[0])
    return LegacyView(row, mapping, texts)


def legacy_word(mapping: LegacyMapping, status: TrackingStatus) -> str:
    """The word of a legacy table for a status."""
    own: Mapping[str, str] = mapping.status
    return next(
        (word for word, meaning in own.items() if word and TrackingStatus.of(meaning) is status),
        status.value.lower(),
    )


def _column(row: Any, column: str) -> Any:
    """A column's value; its attribute may have another name."""
    if hasattr(row, column):
        return getattr(row, column)
    mapper: Any = row.__mapper__
    keys: list[str] = [each.key for each in mapper.column_attrs if each.columns[0].name == column]
    return getattr(row, keys[0])


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
