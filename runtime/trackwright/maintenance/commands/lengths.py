"""Lengths of time on the command line, `90s`, `30m`, `24h`, `7d`."""

import re
from datetime import timedelta

import click

from trackwright.maintenance.durations import UNITS

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
    return timedelta(seconds=float(match[1]) * UNITS[match[2]])
