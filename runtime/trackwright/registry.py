"""The tracked domains of this process: which model, whose sessions. Filled by tracked_task, read by maintenance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from trackwright.errors import TrackwrightError
from trackwright.model import TaskTrackingMixin
from trackwright.retention import Retention

SessionFactory = Callable[[], Session] | Callable[[], AsyncSession]


@dataclass(frozen=True, slots=True)
class Domain:
    """One tracked domain."""

    name: str
    model: type[TaskTrackingMixin]
    session_factory: Callable[[], Any]
    stale_after: float | None = None
    """Seconds after its start at which a running row that names no task is cancelled; None: never."""
    retention: Retention | None = None
    """How long finished rows are kept; None: nobody said so, and the default holds."""
    stale_tasks: Mapping[str, float] = field(default_factory=dict[str, float])
    """What stale_after is for rows of single tasks, by the task's name; rows of others are never stale."""


class UnknownDomain(TrackwrightError, LookupError):
    """No tracked task of this process belongs to the domain."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no tracked domain {name!r}; known: {', '.join(known) or 'none'}.")


_domains: dict[str, Domain] = {}


def register(domain: Domain) -> None:
    """Add a domain; a second task of the same domain adds to what the first one said.

    A task that is silent about retention or stale rows takes nothing back: rows must not go because of it.
    """
    known = _domains.get(domain.name)
    if known is not None and known.model is domain.model:
        domain = replace(
            domain,
            retention=domain.retention or known.retention,
            stale_after=known.stale_after if domain.stale_after is None else domain.stale_after,
            stale_tasks={**known.stale_tasks, **domain.stale_tasks},
        )
    _domains[domain.name] = domain


def find(name: str) -> Domain:
    """The domain of this name.

    Raises:
        UnknownDomain: nothing registered it; the message lists what is known.
    """
    try:
        return _domains[name]
    except KeyError:
        raise UnknownDomain(name, sorted(_domains)) from None


def domains() -> tuple[Domain, ...]:
    """All domains, by name."""
    return tuple(_domains[name] for name in sorted(_domains))
