"""`float`: a number in double precision."""

import math
import re

from trackwright_gen.spec.field_type import ORDER, FieldType, FieldUse, LiteralMistakeError
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalar_literals import one_scalar
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Source

_FLOAT = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?\Z")


class FloatField(FieldType):
    """DOUBLE PRECISION."""

    name = "float"
    summary = "A number in double precision; use decimal for money."
    operators = ORDER
    array_item = True

    def parse(self, raw: Raw, field: FieldSpec) -> float:
        """Read a finite number."""
        del field
        text = one_scalar(raw, "a number")
        if not text.plain or _FLOAT.match(text) is None or not math.isfinite(float(text)):
            raise LiteralMistakeError(f"a finite number such as 0.5 is wanted, not {str(text)!r}")
        return float(text)

    def sql_type(self, field: FieldSpec) -> SqlType:
        """DOUBLE PRECISION."""
        del field
        return SqlType("Double")

    def sql_literal(self, value: object) -> str:
        """The shortest digits that read back as the same number."""
        return repr(value)

    def annotation(self, use: FieldUse) -> Source:
        """`float`."""
        del use
        return Source("float")

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """The shortest digits that read back as the same number."""
        del use
        return Source(repr(value))

    def example(self, use: FieldUse, index: int) -> float:
        """The index and a half, which binary floats hold exactly."""
        del use
        return index + 0.5


FIELD_TYPE = FloatField()
