"""Column defaults as PostgreSQL sees them: one value for all rows, or one that each row works out."""

import re

from trackwright_gen.spec.sql import without_parentheses

_STRING = re.compile(r"'(?:[^']|'')*'")
_PER_TRANSACTION = re.compile(r"\b(?:now|transaction_timestamp)\(\s*\)", re.IGNORECASE)


def differs_per_row(default: str | None) -> bool:
    """Whether a new column with this default makes PostgreSQL write every row: any call that may be volatile."""
    if default is None:
        return False
    return "(" in _PER_TRANSACTION.sub("", _STRING.sub("", without_parentheses(default)))
