"""`string`: short text in a VARCHAR, of `length` characters where that is given."""

from trackwright_gen.spec.field_type import EQUALITY, FieldType, FieldUse
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalar_literals import example_text, short_text
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sql import text_literal
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Source


class StringField(FieldType):
    """VARCHAR(length)."""

    name = "string"
    summary = "Short text; `length` limits it."
    keys = frozenset({"length"})
    operators = EQUALITY
    array_item = True

    def parse(self, raw: Raw, field: FieldSpec) -> str:
        """Take the text as it stands."""
        return short_text(raw, field.length)

    def sql_type(self, field: FieldSpec) -> SqlType:
        """VARCHAR, of that length."""
        return SqlType("String", (field.length,) if field.length else ())

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
        """The field's name and a number, cut to the length."""
        return example_text(use.name, index, use.spec.length)


FIELD_TYPE = StringField()
