"""All that an audit found, as every form of the report receives it."""

import datetime as dt
from dataclasses import dataclass

from trackwright_gen.audit.plan import Step
from trackwright_gen.audit.snapshot import Snapshot
from trackwright_gen.audit.trend import Point


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit; `reason` says why there are no points where there are none."""

    project: str
    today: dt.date
    commit: str | None
    snapshot: Snapshot
    points: tuple[Point, ...]
    reason: str | None
    plan: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    """What a reader has to know of how this was found: cut history, settings, what was left out."""
