"""Figures of an audit in words that its text forms share."""

import datetime as dt

from trackwright_gen.audit.ownership import Provenance
from trackwright_gen.audit.snapshot import Excuse

_MONTH, _YEAR = 30.44, 365.25
_DAYS_UNTIL, _MONTHS_UNTIL = 60, 24


def share(value: float | None) -> str:
    """A share as whole percent, never rounded to all or nothing."""
    if value is None:
        return "-"
    percent = round(value * 100)
    if value < 1:
        percent = min(percent, 99)
    return f"{max(percent, 1) if value > 0 else percent} %"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def duration(days: int) -> str:
    """Days as people say them."""
    if days < _DAYS_UNTIL:
        return counted(days, "day") if days > 0 else "today"
    months = round(days / _MONTH)
    if months < _MONTHS_UNTIL:
        return counted(months, "month")
    return f"{days / _YEAR:.1f} years"


def age(provenance: Provenance, today: dt.date) -> str:
    """How old something is; a cut history knows only the least."""
    days = provenance.days(today)
    if days is None:
        return "not committed"
    return f"at least {duration(days)}" if provenance.is_cut else duration(days)


def term(excuse: Excuse, today: dt.date) -> str:
    """When an exemption ends."""
    until = excuse.exemption.until
    match excuse.term:
        case "no end":
            return "no end"
        case "expired" if until is not None:
            return f"ended {duration((today - until).days)} ago"
        case _ if until is not None and until == today:
            return "ends today"
        case _:
            return f"ends in {duration((until - today).days)}" if until is not None else excuse.term
