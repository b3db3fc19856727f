"""What a field type is: from its YAML keys to column, literal, annotation and example."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from trackwright_gen.spec.model import FieldSpec, Operator
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Source, type_source

EQUALITY: frozenset[Operator] = frozenset({"=", "!=", "in"})
ORDER: frozenset[Operator] = frozenset({"=", "!=", "in", "<", "<=", ">", ">="})
"""Only for types that every database sorts alike; texts sort by collation."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one key of a field (None: with the field itself)."""

    key: str | None
    message: str
    hint: str | None = None


class LiteralMistakeError(ValueError):
    """A literal that is none of its field's type."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field in its domain: the spec with the names that code and database know it by."""

    name: str
    attribute: str
    column: str
    class_name: str
    """The Python class of its own that an enum gets."""
    spec: FieldSpec


class FieldType(Protocol):
    """One type of spec/fields. Subclass it and set `FIELD_TYPE` in the module to an instance."""

    name: ClassVar[str]
    summary: ClassVar[str]
    keys: ClassVar[frozenset[str]] = frozenset()
    """The keys that only some types know and this one does."""
    required_keys: ClassVar[frozenset[str]] = frozenset()
    """Those of them that have to be there."""
    operators: ClassVar[frozenset[Operator]] = frozenset()
    """What a check or a partial index may compare it with."""
    array_item: ClassVar[bool] = False

    def problems(self, field: FieldSpec) -> Iterable[Problem]:
        """Find what is wrong with the type's own keys."""
        del field
        return ()

    def parse(self, raw: Raw, field: FieldSpec) -> object:
        """Read a literal.

        Raises:
            LiteralMistakeError: it is none of this type.
        """
        ...

    def sql_type(self, field: FieldSpec) -> SqlType:
        """The column's type."""
        ...

    def sql_literal(self, value: object) -> str:
        """A value as SQL text that PostgreSQL and SQLite read alike.

        Raises:
            LiteralMistakeError: the type has none, so that it can have neither default nor comparison.
        """
        raise LiteralMistakeError(f"{value!r} cannot be written so that every database reads it alike")

    def annotation(self, use: FieldUse) -> Source:
        """The Python type of a value that is there."""
        ...

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A value as Python source."""
        ...

    def example(self, use: FieldUse, index: int) -> object:
        """A value that fits the column; another one for each small index where the type has that many."""
        ...

    def column_type(self, use: FieldUse) -> Source:
        """The SQLAlchemy type as the model writes it."""
        return type_source(self.sql_type(use.spec))
