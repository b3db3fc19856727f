"""The exemptions of a project for a review: each with its age, who answers for it, and when it ends."""

import datetime as dt
from dataclasses import dataclass

from trackwright_gen.audit.ownership import NOBODY, Ownership
from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Exemption
from trackwright_gen.source.project import SourceProject


@dataclass(frozen=True, slots=True)
class ListedExemption:
    """One exemption.

    Attributes:
        exemption: as it is written.
        location: where.
        since: the day of the commit that wrote it; None where nothing is committed.
        age: in days, likewise.
        owner: who approved it; else the owner of the file, else who wrote the line; None if nobody is known.
        expired: whether its day is over.
    """

    exemption: Exemption
    location: Location
    since: dt.date | None
    age: int | None
    owner: str | None
    expired: bool


def listed_exemptions(
    project: SourceProject, ownership: Ownership, today: dt.date
) -> tuple[ListedExemption, ...]:
    """All exemptions in comments and settings: expired ones first, then in the order of their places."""
    written = list(project.exemptions.written())
    ownership.prepare(place.path for place, _ in written)
    listed = [_listed(place, exemption, ownership, today) for place, exemption in written]
    return tuple(sorted(listed, key=lambda each: (not each.expired, each.location)))


def _listed(place: Location, exemption: Exemption, ownership: Ownership, today: dt.date) -> ListedExemption:
    found = ownership.of(place.path, place.row, place.end_row or place.row)
    owner = exemption.approved_by or (None if found.owner.name == NOBODY else found.owner.name)
    return ListedExemption(
        exemption=exemption,
        location=place,
        since=found.since,
        age=found.days(today),
        owner=owner,
        expired=exemption.until is not None and exemption.until < today,
    )
