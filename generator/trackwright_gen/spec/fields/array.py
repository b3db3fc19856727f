"""`array`: a list of `items` (JSON on SQLite)."""

from collections.abc import Iterable

from trackwright_gen.spec.field_type import FieldType, FieldUse, LiteralMistakeError, Problem
from trackwright_gen.spec.field_types import field_types, type_of
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.nearest import did_you_mean
from trackwright_gen.spec.scalars import Raw
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Source, merged_imports


class ArrayField(FieldType):
    """ARRAY of the items' type."""

    name = "array"
    summary = "A list of `items`."
    keys = frozenset({"items", "length"})
    required_keys = frozenset({"items"})

    def problems(self, field: FieldSpec) -> Iterable[Problem]:
        """Items are of a type that JSON holds too, since SQLite has no arrays."""
        allowed = sorted(name for name, known in field_types().items() if known.array_item)
        if field.items is None:
            yield Problem(None, "an array needs `items`", "items: " + " | ".join(allowed))
        elif field.items not in allowed:
            yield Problem(
                "items", f"an array of {field.items} is not supported", did_you_mean(field.items, allowed)
            )
        elif field.length is not None and "length" not in type_of(field.items).keys:
            yield Problem("length", f"`length` says nothing about items of type {field.items}")

    def parse(self, raw: Raw, field: FieldSpec) -> list[object]:
        """Refuse: PostgreSQL and SQLite do not read one literal of a list alike."""
        del raw, field
        raise LiteralMistakeError(
            "a list cannot be written as a literal that every database reads alike",
            "leave it out, or use type: json with a mapping",
        )

    def sql_type(self, field: FieldSpec) -> SqlType:
        """ARRAY, JSON on SQLite."""
        on_sqlite = SqlType("JSON", kwargs=(("none_as_null", True),))
        return SqlType("ARRAY", (type_of(field.items).sql_type(field),), variants=(("sqlite", on_sqlite),))

    def annotation(self, use: FieldUse) -> Source:
        """A list of the items' type."""
        item = type_of(use.spec.items).annotation(use)
        return Source(f"list[{item}]", item.imports)

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A list display."""
        item_type = type_of(use.spec.items)
        items = [item_type.python_literal(item, use) for item in value] if isinstance(value, list) else []
        return Source(f"[{', '.join(item.text for item in items)}]", merged_imports(items))

    def example(self, use: FieldUse, index: int) -> list[object]:
        """Two items."""
        item_type = type_of(use.spec.items)
        return [item_type.example(use, index), item_type.example(use, index + 1)]


FIELD_TYPE = ArrayField()
