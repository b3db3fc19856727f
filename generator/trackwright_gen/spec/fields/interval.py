"""`interval`: a span of time."""

import datetime as dt

from trackwright_gen.spec.field_type import FieldType, FieldUse, LiteralMistakeError
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import DATETIME, Source


class IntervalField(FieldType):
    """INTERVAL; a moment counted from 1970 on SQLite."""

    name = "interval"
    summary = "A span of time."

    def parse(self, raw: Raw, field: FieldSpec) -> dt.timedelta:
        """Refuse: SQLite keeps a span as a moment, so no literal serves both databases."""
        del raw, field
        raise LiteralMistakeError(
            "a span of time cannot be written as a literal that every database reads alike",
            "use an integer field of seconds where a default is needed",
        )

    def sql_type(self, field: FieldSpec) -> SqlType:
        """INTERVAL."""
        del field
        return SqlType("Interval")

    def annotation(self, use: FieldUse) -> Source:
        """`dt.timedelta`."""
        del use
        return Source("dt.timedelta", (DATETIME,))

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A call of `dt.timedelta`."""
        del use
        seconds = value.total_seconds() if isinstance(value, dt.timedelta) else 0
        return Source(f"dt.timedelta(seconds={int(seconds)})", (DATETIME,))

    def example(self, use: FieldUse, index: int) -> dt.timedelta:
        """That many minutes."""
        del use
        return dt.timedelta(minutes=index)


FIELD_TYPE = IntervalField()
