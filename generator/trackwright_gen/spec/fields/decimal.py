"""`decimal`: an exact number of `precision` digits, `scale` of them after the point."""

import re
from collections.abc import Iterable
from decimal import Decimal

from trackwright_gen.spec.field_type import ORDER, FieldType, FieldUse, LiteralMistakeError, Problem
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalar_literals import one_scalar
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Import, Source

_DECIMAL = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?\Z")


class DecimalField(FieldType):
    """NUMERIC(precision, scale)."""

    name = "decimal"
    summary = "An exact number; `precision` digits, `scale` of them after the point."
    keys = frozenset({"precision", "scale"})
    required_keys = frozenset({"precision", "scale"})
    operators = ORDER

    def problems(self, field: FieldSpec) -> Iterable[Problem]:
        """Precision comes with scale, and holds it."""
        if field.precision is None:
            yield Problem(None, "a decimal needs `precision`", "for money write precision: 20, scale: 2")
        elif field.scale is None:
            yield Problem(None, "a decimal needs `scale`", "scale: 0 makes it a whole number")
        elif field.scale > field.precision:
            yield Problem(
                "scale",
                f"scale {field.scale} is larger than precision {field.precision}, which counts all digits",
            )

    def parse(self, raw: Raw, field: FieldSpec) -> Decimal:
        """Read digits; a fraction only from quotes, because YAML readers make a float of it."""
        text = one_scalar(raw, "a decimal")
        if _DECIMAL.match(text) is None:
            raise LiteralMistakeError(f'a decimal such as "10.50" is wanted, not {str(text)!r}')
        if text.plain and "." in text:
            raise LiteralMistakeError(
                f"a decimal written as a float ({text}) loses its exact value in YAML", f'quote it: "{text}"'
            )
        number = Decimal(text)
        _hold_to_size(number, field)
        return number

    def sql_type(self, field: FieldSpec) -> SqlType:
        """NUMERIC of that precision and scale."""
        return SqlType("Numeric", (field.precision, field.scale) if field.precision else ())

    def sql_literal(self, value: object) -> str:
        """The digits, never in exponent form."""
        return f"{Decimal(str(value)):f}"

    def annotation(self, use: FieldUse) -> Source:
        """`Decimal`."""
        del use
        return Source("Decimal", (Import("decimal", "Decimal"),))

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A call of `Decimal`, with a string where there is a fraction."""
        del use
        digits = f"{Decimal(str(value)):f}"
        argument = f'"{digits}"' if "." in digits else digits
        return Source(f"Decimal({argument})", (Import("decimal", "Decimal"),))

    def example(self, use: FieldUse, index: int) -> Decimal:
        """The index, with the column's digits after the point, within its size."""
        precision, scale = use.spec.precision or 20, use.spec.scale or 0
        digits = index if scale >= precision else index * 10**scale
        return Decimal(digits % 10**precision).scaleb(-scale)


def _hold_to_size(number: Decimal, field: FieldSpec) -> None:
    if field.precision is None or field.scale is None:
        return
    _, digits, exponent = number.as_tuple()
    after = -int(exponent)
    before = len(digits) - after if number else 0
    if after > field.scale:
        raise LiteralMistakeError(
            f"{number} has {after} digits after the point; `scale` allows {field.scale}"
        )
    if before > field.precision - field.scale:
        raise LiteralMistakeError(
            f"{number} has {before} digits before the point; "
            f"precision {field.precision} and scale {field.scale} allow {field.precision - field.scale}"
        )


FIELD_TYPE = DecimalField()
