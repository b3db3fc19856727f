"""Lengths of time in words for people."""

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def in_words(seconds: float | None) -> str:
    """A length of time in the unit that fits, three figures."""
    if seconds is None:
        return "-"
    for unit in ("d", "h", "m", "s"):
        if seconds >= UNITS[unit]:
            return f"{seconds / UNITS[unit]:.3g} {unit}"
    return f"{seconds * 1000:.3g} ms"
