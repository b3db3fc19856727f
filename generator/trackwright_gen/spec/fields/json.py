"""`json`: a JSON object (JSONB on PostgreSQL)."""

import json
import math
import re
from typing import TypeAlias, Union

from trackwright_gen.spec.field_type import FieldType, FieldUse, LiteralMistakeError
from trackwright_gen.spec.model import FieldSpec
from trackwright_gen.spec.scalars import Raw, ScalarText
from trackwright_gen.spec.sql import text_literal
from trackwright_gen.spec.sqltype import SqlType
from trackwright_gen.spec.type_source import Import, Source

Json: TypeAlias = Union[str, int, float, bool, "list[Json]", "dict[str, Json]", None]
_WORDS: dict[str, bool] = {"true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?\Z")
# A NULL of SQL, not the JSON text `null`: `is: "null"` then means what it says.
_PLAIN = (("none_as_null", True),)


class JsonField(FieldType):
    """JSON, with JSONB on PostgreSQL."""

    name = "json"
    summary = "A JSON object."

    def parse(self, raw: Raw, field: FieldSpec) -> dict[str, Json]:
        """Read a mapping; its scalars as JSON has them."""
        del field
        if not isinstance(raw, dict):
            raise LiteralMistakeError(
                "a mapping is wanted, such as {} or {retries: 3}",
                "write the object itself, without quotes; for a list use type: array",
            )
        return {key: _value(part) for key, part in raw.items()}

    def sql_type(self, field: FieldSpec) -> SqlType:
        """JSONB where there is one."""
        del field
        binary = SqlType("JSONB", kwargs=_PLAIN, module="sqlalchemy.dialects.postgresql")
        return SqlType("JSON", kwargs=_PLAIN, variants=(("postgresql", binary),))

    def sql_literal(self, value: object) -> str:
        """The quoted JSON text."""
        return text_literal(json.dumps(value, ensure_ascii=False))

    def annotation(self, use: FieldUse) -> Source:
        """`dict[str, Any]`."""
        del use
        return Source("dict[str, Any]", (Import("typing", "Any"),))

    def python_literal(self, value: object, use: FieldUse) -> Source:
        """A dict display."""
        del use
        return Source(repr(value))

    def example(self, use: FieldUse, index: int) -> dict[str, int]:
        """An object with the index in it."""
        del use
        return {"example": index}


def _value(raw: Raw) -> Json:
    if raw is None:
        return None
    if isinstance(raw, dict):
        return {key: _value(part) for key, part in raw.items()}
    if isinstance(raw, list):
        return [_value(part) for part in raw]
    return _scalar(raw)


def _scalar(text: ScalarText) -> Json:
    if not text.plain:
        return str(text)
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _NUMBER.match(text) and math.isfinite(float(text)):
        return float(text)
    return str(text)


FIELD_TYPE = JsonField()
