"""`uuid`: a universally unique identifier."""

import uuid

from trackwright_gen.spec.field_type import EQUALITY, FieldType, FieldUse, LiteralMistakeError
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalar_literals import one_scalar
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sql import text_literal
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Import, Source

_IMPORTS = (Import("uuid", "UUID"),)


class UuidField(FieldType):
    """UUID; CHAR(32) on SQLite."""

    name = "uuid"
    summary = "A UUID."
    operators = EQUALITY

    def parse(self, raw: Raw, field: FieldSpec) -> uuid.UUID:
        """Read the dashed form."""
        del field
        text = one_scalar(raw, "a UUID")
        try:
            found = uuid.UUID(text)
        except ValueError:
            found = None
        if found is None or str(found) != text.lower():
            raise LiteralMistakeError(
                f"a UUID such as 123e4567-e89b-12d3-a456-426614174000 is wanted, not {str(text)!r}"
            )
        return found

    def sql_type(self, field: FieldSpec) -> SqlType:
        """UUID."""
        del field
        return SqlType("Uuid")

    def sql_literal(self, value: object) -> str:
        """The form without dashes: SQLite stores it so, and PostgreSQL reads it."""
        return text_literal(uuid.UUID(str(value)).hex)

    def annotation(self, use: FieldUse) -> Source:
        """`UUID`."""
        del use
        return Source("UUID", _IMPORTS)

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A call of `UUID`."""
        del use
        return Source(f'UUID("{value}")', _IMPORTS)

    def example(self, use: FieldUse, index: int) -> uuid.UUID:
        """The index as a UUID."""
        del use
        return uuid.UUID(int=index)


FIELD_TYPE = UuidField()
