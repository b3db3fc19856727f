"""What migrating a job gives: points for what is lost while nobody tracks it, each with its reason."""

import math
from collections.abc import Iterator

from trackwright_gen.audit.effort import Reason

_MOST_FOR_USES, _MOST_FOR_AGE = 8, 3
_BY_THE_CLOCK, _FOR_LEGACY = 3, 2
_YEAR = 365


def gain(
    *, uses: int, scheduled: bool, legacy: int, failures: int | None, days: int | None, unblocks: int
) -> Iterator[Reason]:
    """Points for places that send it, a schedule, legacy uses, failed runs (by magnitude), years, and who waits."""
    if uses:
        yield Reason(min(uses, _MOST_FOR_USES), f"sent from {uses} place{'s' if uses > 1 else ''}")
    if scheduled:
        yield Reason(_BY_THE_CLOCK, "runs by the clock, with nobody watching")
    if legacy:
        yield Reason(_FOR_LEGACY, "keeps the legacy table in use")
    if failures:
        points = 2 + 2 * int(math.log10(failures))
        yield Reason(points, f"{failures} failed run{'s' if failures > 1 else ''}")
    years = (days or 0) // _YEAR
    if years:
        yield Reason(min(years, _MOST_FOR_AGE), f"untracked for {years} year{'s' if years > 1 else ''}")
    if unblocks:
        yield Reason(2 * unblocks, f"{unblocks} other{'s wait' if unblocks > 1 else ' waits'} for it")
