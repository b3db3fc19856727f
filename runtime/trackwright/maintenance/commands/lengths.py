"""Lengths of time on the command line, `90s`, `30m`, `24h`, `7d`, and in words for people."""

import re
from datetime import timedelta

import click

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


def length(text: str) -> timedelta:
    """Read a length of time; the `type` of an option.

    Raises:
        BadParameter: it is none; the message says how to write one.
    """
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        message = f"{text!r} is no length of time; write 90s, 30m, 24h, 7d or 2w"
        raise click.BadParameter(message)
    return timedelta(seconds=float(match[1]) * _UNITS[match[2]])


def in_words(seconds: float | None) -> str:
    """A length of time for a table: two figures, the unit that fits."""
    if seconds is None:
        return "-"
    for unit, size in reversed(_UNITS.items()):
        if unit != "w" and seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1000:.3g} ms"
