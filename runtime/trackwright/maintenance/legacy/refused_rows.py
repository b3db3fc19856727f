"""Which errors of a database say something about the rows, and what they say."""

from sqlalchemy.exc import DBAPIError, ProgrammingError

from trackwright.error_text import storable

_SURROUNDINGS = ("08", "25", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE that come of something else: connections, deadlocks, resources, locks, time limits, disks."""


def is_about_rows(error: DBAPIError) -> bool:
    """True if the same statement without some row would have worked; else it fails for every row, or by chance."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None) or ""
    return not (
        error.connection_invalidated or isinstance(error, ProgrammingError) or state.startswith(_SURROUNDINGS)
    )


def said(error: DBAPIError) -> str:
    """Its first line."""
    return storable(str(error.orig).strip().splitlines()[0])
