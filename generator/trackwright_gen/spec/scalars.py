"""YAML scalars stay text until the model says what they are: typed here, strictly, once."""

import re
from typing import Annotated, Any, Self, TypeAlias, Union

from pydantic import BeforeValidator, Field, WithJsonSchema

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
DURATION_PATTERN = r"^(0|[1-9][0-9]{0,8})[smhd]$"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class ScalarText(str):
    """A scalar's text. `plain` tells `no` and `1.5` from `"no"` and `"1.5"`."""

    __slots__ = ("plain",)
    plain: bool

    def __new__(cls, text: str, *, plain: bool = True) -> Self:
        made = super().__new__(cls, text)
        made.plain = plain
        return made


Raw: TypeAlias = Union[ScalarText, "list[Raw]", "dict[str, Raw]", None]
"""A value as YAML has it, before a field's type gives it meaning."""


def integer_of(text: ScalarText) -> int:
    """Read a whole number in plain decimal digits."""
    if not text.plain:
        raise ValueError(f"a number is wanted, not the quoted text {str(text)!r}: write it without quotes")
    if _INTEGER.match(text) is None:
        raise ValueError(f"a whole number is wanted, not {str(text)!r}")
    if len(text) > 20:  # noqa: PLR2004 -- more digits than any integer column holds
        raise ValueError(f"{text[:20]}... is larger than any integer column can hold")
    return int(text)


def flag_of(text: ScalarText) -> bool:
    """Read true or false; YAML 1.1's yes, no, on and off are text here and in editors."""
    if not text.plain:
        raise ValueError(
            f"true or false is wanted, not the quoted text {str(text)!r}: write it without quotes"
        )
    if text not in _FLAGS:
        raise ValueError(f"true or false is wanted, not {str(text)!r}")
    return _FLAGS[text]


def seconds_of(text: ScalarText) -> int:
    """Read a duration such as 90s, 15m, 6h or 30d."""
    if re.match(DURATION_PATTERN, text) is None or text.endswith("\n"):
        raise ValueError(f"a duration is wanted, such as 90s, 15m, 6h or 30d, not {str(text)!r}")
    return int(text[:-1]) * _SECONDS[text[-1]]


def _typed(read: Any) -> BeforeValidator:
    return BeforeValidator(lambda value: read(value) if isinstance(value, ScalarText) else value)


def _plain_str(value: Any) -> Any:
    return str(value) if isinstance(value, ScalarText) else value


READ_TEXT = BeforeValidator(_plain_str)
READ_COUNT = _typed(integer_of)
"""To stand last in an annotation: a pattern or bound after them would be missing in the JSON Schema."""

Flag = Annotated[bool, _typed(flag_of)]
Duration = Annotated[
    int,
    _typed(seconds_of),
    Field(ge=0),
    WithJsonSchema(
        {"type": "string", "pattern": DURATION_PATTERN, "description": "A duration: 90s, 15m, 6h or 30d."}
    ),
]
Word = Annotated[str, READ_TEXT]
Text = Annotated[str, READ_TEXT, WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""Free text: what looks like a number or a flag to YAML is text here, so editors may not complain."""


def is_raw(value: object) -> bool:
    """Whether a value is still as YAML has it."""
    if isinstance(value, list):
        return not value or any(is_raw(item) for item in value)
    if isinstance(value, dict):
        return not value or any(is_raw(part) for part in value.values())
    return isinstance(value, ScalarText)
