"""`text`: text of any length."""

from trackwright_gen.spec.field_type import EQUALITY, FieldType, FieldUse
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalar_literals import short_text
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sql import text_literal
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Source


class TextField(FieldType):
    """TEXT."""

    name = "text"
    summary = "Text of any length."
    operators = EQUALITY
    array_item = True

    def parse(self, raw: Raw, field: FieldSpec) -> str:
        """Take the text as it stands."""
        del field
        return short_text(raw, None)

    def sql_type(self, field: FieldSpec) -> SqlType:
        """TEXT."""
        del field
        return SqlType("Text")

    def sql_literal(self, value: object) -> str:
        """A quoted text."""
        return text_literal(str(value))

    def annotation(self, use: FieldUse) -> Source:
        """`str`."""
        del use
        return Source("str")

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A string literal."""
        del use
        return Source(repr(value))

    def example(self, use: FieldUse, index: int) -> str:
        """The field's name and a number."""
        return f"{use.name}-{index}"


FIELD_TYPE = TextField()
