"""`date`: a day without a time."""

import datetime as dt

from trackwright_gen.spec.field_type import ORDER, FieldType, FieldUse, LiteralMistakeError
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalar_literals import one_scalar
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sql import text_literal
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import DATETIME, Source


class DateField(FieldType):
    """DATE."""

    name = "date"
    summary = "A day, written 2026-01-31."
    operators = ORDER

    def parse(self, raw: Raw, field: FieldSpec) -> dt.date:
        """Read an ISO date, only in its long form."""
        del field
        text = one_scalar(raw, "a date")
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:
            raise LiteralMistakeError(
                f"a date such as 2026-01-31 is wanted, not {str(text)!r}",
                "an expression such as CURRENT_DATE belongs in `default_sql`",
            )
        return day

    def sql_type(self, field: FieldSpec) -> SqlType:
        """DATE."""
        del field
        return SqlType("Date")

    def sql_literal(self, value: object) -> str:
        """A quoted ISO date."""
        return text_literal(str(value))

    def annotation(self, use: FieldUse) -> Source:
        """`dt.date`, so that a field may be called date."""
        del use
        return Source("dt.date", (DATETIME,))

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A call of `dt.date`."""
        del use
        day = dt.date.fromisoformat(str(value))
        return Source(f"dt.date({day.year}, {day.month}, {day.day})", (DATETIME,))

    def example(self, use: FieldUse, index: int) -> dt.date:
        """A day of 2026 and later."""
        del use
        return dt.date(2026, 1, 1) + dt.timedelta(days=index)


FIELD_TYPE = DateField()
