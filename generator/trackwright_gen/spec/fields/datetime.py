"""`datetime`: a moment, always with its offset (timestamptz)."""

import datetime as dt

from trackwright_gen.spec.field_type import FieldType, FieldUse, LiteralMistakeError
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import DATETIME, Import, Source


class DatetimeField(FieldType):
    """TIMESTAMP WITH TIME ZONE."""

    name = "datetime"
    summary = "A moment with its time zone (timestamptz)."

    def parse(self, raw: Raw, field: FieldSpec) -> dt.datetime:
        """Refuse: PostgreSQL and SQLite do not read one literal of a moment alike."""
        del raw, field
        raise LiteralMistakeError(
            "a moment cannot be written as a literal that every database reads alike",
            "write `default_sql: CURRENT_TIMESTAMP`, or leave it out",
        )

    def sql_type(self, field: FieldSpec) -> SqlType:
        """TIMESTAMPTZ."""
        del field
        return SqlType("DateTime", kwargs=(("timezone", True),))

    def annotation(self, use: FieldUse) -> Source:
        """`dt.datetime`, so that a field may be called datetime."""
        del use
        return Source("dt.datetime", (DATETIME,))

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A call of `dt.datetime`, in UTC."""
        del use
        at = dt.datetime.fromisoformat(str(value))
        parts = f"{at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}"
        return Source(f"dt.datetime({parts}, tzinfo=dt.UTC)", (DATETIME,))

    def example(self, use: FieldUse, index: int) -> dt.datetime:
        """A noon of 2026 and later."""
        del use
        return dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=index)

    def column_type(self, use: FieldUse) -> Source:
        """The runtime's type, which reads back aware moments on SQLite too."""
        del use
        return Source("UtcDateTime", (Import("trackwright.column_types", "UtcDateTime"),))


FIELD_TYPE = DatetimeField()
