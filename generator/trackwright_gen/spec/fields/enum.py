"""`enum`: one of `values`, kept in a VARCHAR with a named CHECK on every database."""

from collections.abc import Iterable

from trackwright_gen.spec.enum_members import member_names
from trackwright_gen.spec.field_type import EQUALITY, FieldType, FieldUse, LiteralMistakeError, Problem
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.nearest import did_you_mean
from trackwright_gen.spec.scalar_literals import one_scalar
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sql import text_literal
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Import, Source

SHORTEST = 20
"""The status column's length too: most new values then need no wider column."""


class EnumField(FieldType):
    """VARCHAR and a Python enum."""

    name = "enum"
    summary = "One of `values`."
    keys = frozenset({"values", "length"})
    required_keys = frozenset({"values"})
    operators = EQUALITY

    def problems(self, field: FieldSpec) -> Iterable[Problem]:
        """Values are there, differ, give different member names and fit."""
        if field.values is None:
            yield Problem(None, "an enum needs `values`", "values: [first, second]")
            return
        seen: dict[str, str] = {}
        for value, member in member_names(field.values).items():
            if member in seen:
                yield Problem(
                    "values", f"the values {seen[member]!r} and {value!r} both give the member name {member}"
                )
            seen.setdefault(member, value)
        for value in sorted({value for value in field.values if field.values.count(value) > 1}):
            yield Problem("values", f"the value {value!r} stands there twice")
        if field.length and (long := [value for value in field.values if len(value) > field.length]):
            yield Problem("length", f"length {field.length} is too short for the value {long[0]!r}")

    def parse(self, raw: Raw, field: FieldSpec) -> str:
        """Take one of the values."""
        text = str(one_scalar(raw, "one of the values"))
        values = field.values or ()
        if text not in values:
            raise LiteralMistakeError(f"{text!r} is none of the values", did_you_mean(text, values))
        return text

    def sql_type(self, field: FieldSpec) -> SqlType:
        """VARCHAR that holds the longest value."""
        return SqlType("String", (_length(field),))

    def sql_literal(self, value: object) -> str:
        """A quoted text."""
        return text_literal(str(value))

    def annotation(self, use: FieldUse) -> Source:
        """The enum's class, which the model's module defines."""
        return Source(use.class_name)

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """The member."""
        return Source(f"{use.class_name}.{member_names(use.spec.values or ())[str(value)]}")

    def example(self, use: FieldUse, index: int) -> str:
        """The values in turn."""
        values = use.spec.values or ("",)
        return values[index % len(values)]

    def column_type(self, use: FieldUse) -> Source:
        """SQLAlchemy's Enum over VARCHAR, storing values; the CHECK is named in the table."""
        options = f"native_enum=False, create_constraint=False, length={_length(use.spec)}"
        values = "values_callable=lambda members: [member.value for member in members]"
        return Source(f"Enum({use.class_name}, {options}, {values})", (Import("sqlalchemy", "Enum"),))


def _length(field: FieldSpec) -> int:
    return field.length or max([SHORTEST, *(len(value) for value in field.values or ())])


FIELD_TYPE = EnumField()
