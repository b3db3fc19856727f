"""Names of enum members derived from values that need be no Python names."""

import re
import unicodedata
from collections.abc import Iterable


def member_names(values: Iterable[str]) -> dict[str, str]:
    """Map each value to its member's name: `in-progress` -> IN_PROGRESS, `1st` -> VALUE_1ST."""
    return {value: _member(value) for value in values}


def _member(value: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    word = re.sub(r"[^A-Za-z0-9]+", "_", ascii_text).strip("_").upper()
    if word:
        return f"VALUE_{word}" if word[0].isdigit() else word
    if value == "":
        return "EMPTY"
    return "VALUE_" + "_".join(f"{ord(character):X}" for character in value)
