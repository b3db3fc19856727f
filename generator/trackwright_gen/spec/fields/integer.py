"""`integer`: a whole number of 32 bits."""

from trackwright_gen.spec.field_type import ORDER, FieldType, FieldUse
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalar_literals import whole_number
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Source


class IntegerField(FieldType):
    """INTEGER."""

    name = "integer"
    summary = "A whole number of 32 bits."
    operators = ORDER
    array_item = True

    def parse(self, raw: Raw, field: FieldSpec) -> int:
        """Read decimal digits."""
        del field
        return whole_number(raw, bits=32)

    def sql_type(self, field: FieldSpec) -> SqlType:
        """INTEGER."""
        del field
        return SqlType("Integer")

    def sql_literal(self, value: object) -> str:
        """The digits."""
        return str(value)

    def annotation(self, use: FieldUse) -> Source:
        """`int`."""
        del use
        return Source("int")

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """The digits."""
        del use
        return Source(repr(value))

    def example(self, use: FieldUse, index: int) -> int:
        """The index itself."""
        del use
        return index


FIELD_TYPE = IntegerField()
