"""What the doctor says and what each of its checks looks at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from trackwright.jobs.database import Database
from trackwright.registry import Domain


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that somebody should look at."""

    code: str
    """What is wrong, in a word that scripts can rely on."""
    domain: str | None
    """The domain it is about; None: all of them."""
    message: str
    hint: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on something is a finding."""

    window: timedelta = timedelta(hours=24)
    """How far back failures are counted."""
    stuck_after: timedelta = timedelta(hours=1)
    queue_age: timedelta = timedelta(minutes=15)
    failure_rate: float = 0.2
    exhausted: int = 5
    """Rows of the window that may use up their attempts; single ones are for `stats` and the list of failures."""
    sweep_gap: timedelta = timedelta(minutes=5)
    blocked_for: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Patient:
    """One domain under examination."""

    domain: Domain
    database: Database
    now: datetime
    """The database's clock."""
    limits: Limits

    def finding(self, code: str, message: str, hint: str, details: tuple[str, ...] = ()) -> Finding:
        """A finding about this domain."""
        return Finding(code, self.domain.name, message, hint, details)


Check = Callable[[Patient], Iterator[Finding]]
