"""Where a page ends, as a word for the caller to give back."""

from datetime import UTC, datetime, timedelta

from trackwright.crud.statements import Position

PATTERN = r"^-?[0-9]{1,16}_[0-9]{1,18}$"
"""Every word of this form names a place in the list, so that no cursor is half right."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def encoded(position: Position) -> str:
    """The cursor of a place in the list."""
    return f"{(position.created_at - _EPOCH) // _TICK}_{position.id}"


def decoded(cursor: str) -> Position:
    """The place that a cursor of the pattern names."""
    moment, _, number = cursor.partition("_")
    return Position(_EPOCH + int(moment) * _TICK, int(number))
