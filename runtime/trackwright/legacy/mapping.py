"""The mapping from a legacy status table to one domain's tracking table (principles 9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from trackwright.status import TrackingStatus

STATUS_WORDS: Mapping[str, TrackingStatus] = MappingProxyType(
    {
        word: status
        for status, words in {
            TrackingStatus.PENDING: (
                "pending",
                "queued",
                "waiting",
                "created",
                "new",
                "scheduled",
                "retrying",
            ),
            TrackingStatus.PROCESSING: ("processing", "running", "started", "in_progress", "in progress"),
            TrackingStatus.COMPLETED: ("completed", "complete", "success", "succeeded", "done", "finished"),
            TrackingStatus.FAILED: ("failed", "failure", "error", "errored"),
            TrackingStatus.CANCELLED: ("cancelled", "canceled", "revoked", "aborted"),
        }.items()
        for word in words
    }
)
"""What the usual words of status tables mean, in any case."""

USUAL_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "status": ("status", "state"),
        "created_at": ("created_at", "created", "created_on", "date_created"),
        "updated_at": ("updated_at", "updated", "updated_on", "modified_at"),
        "started_at": ("started_at", "started", "start_time"),
        "completed_at": ("completed_at", "finished_at", "ended_at", "end_time", "date_done"),
        "error_message": ("error_message", "error"),
        "attempts": ("attempts",),
        "celery_task_id": ("celery_task_id", "task_id"),
        "metadata": ("task_metadata", "metadata", "meta"),
    }
)
"""Per core column, the names that legacy tables have for it; the first that exists is read."""


@dataclass(frozen=True, slots=True)
class LegacyMapping:
    """Which rows of a legacy table are this domain's, and what becomes of their columns.

    A model carries it as `__legacy__`; `trackwright legacy data` reads it there.

    Attributes:
        table: the legacy table, in the tracking table's database.
        task_type: the value of `type_column` that this domain's rows have; None: all rows are its own.
        type_column: the column that says which task a row is about.
        status: status words of the legacy table that mean something else than usual, in any case and without the
            blanks around them. The empty word is a status that is NULL or blank.
        fields: a column of the legacy table, or `column.key` for a key of a JSON column, to a column of the
            tracking table. Columns of the same name, and the usual names of core columns, need no word.
        schema: the legacy table's schema, where it is not the default one.
    """

    table: str
    task_type: str | None = None
    type_column: str = "task_type"
    status: Mapping[str, str] = field(default_factory=dict[str, str])
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    schema: str | None = None

    def __post_init__(self) -> None:
        for meaning in self.status.values():
            TrackingStatus.of(meaning)

    @property
    def name(self) -> str:
        """The table with its schema."""
        return f"{self.schema}.{self.table}" if self.schema else self.table

    def status_words(self) -> dict[str, TrackingStatus]:
        """Every known word in lower case, and what it means here."""
        own = {word.strip().lower(): TrackingStatus.of(meaning) for word, meaning in self.status.items()}
        return {**STATUS_WORDS, **own}


LegacyMappings = LegacyMapping | tuple[LegacyMapping, ...]
"""What a model's `__legacy__` may be: one table, or several, or none."""


def as_tuple(mappings: LegacyMappings) -> tuple[LegacyMapping, ...]:
    """All mappings of a model."""
    return (mappings,) if isinstance(mappings, LegacyMapping) else mappings
