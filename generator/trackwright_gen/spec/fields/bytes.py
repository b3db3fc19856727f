"""`bytes`: binary data."""

from trackwright_gen.spec.field_type import FieldType, FieldUse, LiteralMistakeError
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Source


class BytesField(FieldType):
    """BYTEA; BLOB on SQLite."""

    name = "bytes"
    summary = "Binary data."

    def parse(self, raw: Raw, field: FieldSpec) -> bytes:
        """Refuse: the databases write binary literals in forms of their own."""
        del raw, field
        raise LiteralMistakeError(
            "binary data cannot be written as a literal that every database reads alike", "leave it out"
        )

    def sql_type(self, field: FieldSpec) -> SqlType:
        """BYTEA or BLOB."""
        del field
        return SqlType("LargeBinary")

    def annotation(self, use: FieldUse) -> Source:
        """`bytes`."""
        del use
        return Source("bytes")

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A bytes literal."""
        del use
        return Source(repr(value))

    def example(self, use: FieldUse, index: int) -> bytes:
        """Four bytes of the index."""
        del use
        return index.to_bytes(4, "big")


FIELD_TYPE = BytesField()
