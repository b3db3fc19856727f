"""`boolean`: true or false."""

from trackwright_gen.spec.field_type import FieldType, FieldUse, LiteralMistakeError
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalar_literals import one_scalar
from trackwright_gen.spec.scalars import Raw, flag_of
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Source


class BooleanField(FieldType):
    """BOOLEAN."""

    name = "boolean"
    summary = "true or false."
    operators = frozenset({"=", "!="})
    array_item = True

    def parse(self, raw: Raw, field: FieldSpec) -> bool:
        """Read true or false, nothing else."""
        del field
        try:
            return flag_of(one_scalar(raw, "true or false"))
        except LiteralMistakeError:
            raise
        except ValueError as mistake:
            raise LiteralMistakeError(str(mistake)) from None

    def sql_type(self, field: FieldSpec) -> SqlType:
        """BOOLEAN."""
        del field
        return SqlType("Boolean")

    def sql_literal(self, value: object) -> str:
        """The SQL keyword, which SQLite reads as 1 or 0."""
        return "true" if value else "false"

    def annotation(self, use: FieldUse) -> Source:
        """`bool`."""
        del use
        return Source("bool")

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """True or False."""
        del use
        return Source(repr(value))

    def example(self, use: FieldUse, index: int) -> bool:
        """True for odd indexes."""
        del use
        return index % 2 == 1


FIELD_TYPE = BooleanField()
