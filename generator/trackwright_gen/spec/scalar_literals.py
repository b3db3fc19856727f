"""Readings that several field types share: one scalar, a whole number in a range, plain text."""

import re

from trackwright_gen.spec.field_type import LiteralMistakeError
from trackwright_gen.spec.scalars import Raw, ScalarText

_INTEGER = re.compile(r"[-+]?[0-9]{1,20}\Z")


def one_scalar(raw: Raw, wanted: str) -> ScalarText:
    """The scalar itself, where no list or mapping stands."""
    if isinstance(raw, ScalarText):
        return raw
    found = "a list" if isinstance(raw, list) else "a mapping" if isinstance(raw, dict) else "nothing"
    raise LiteralMistakeError(f"{wanted} is wanted, not {found}")


def whole_number(raw: Raw, *, bits: int) -> int:
    """An integer that fits a signed column of so many bits."""
    text = one_scalar(raw, "a whole number")
    if not text.plain or _INTEGER.match(text) is None:
        raise LiteralMistakeError(
            f"a whole number is wanted, not {str(text)!r}",
            "write digits without quotes" if not text.plain else None,
        )
    number = int(text)
    limit = 2 ** (bits - 1)
    if not -limit <= number < limit:
        raise LiteralMistakeError(f"{number} does not fit: the column holds {-limit} to {limit - 1}")
    return number


def short_text(raw: Raw, length: int | None) -> str:
    """Text of at most so many characters."""
    text = str(one_scalar(raw, "text"))
    if length is not None and len(text) > length:
        raise LiteralMistakeError(f"{text!r} has {len(text)} characters; `length` allows {length}")
    return text


def example_text(name: str, index: int, length: int | None) -> str:
    """Text that differs for each index and fits."""
    readable = f"{name}-{index}"
    if length is None or len(readable) <= length:
        return readable
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    folded, rest = "", index
    while rest or not folded:
        folded, rest = digits[rest % 36] + folded, rest // 36
    return folded.rjust(length, "0")[-length:]
