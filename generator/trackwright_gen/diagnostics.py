"""A finding of the linter, as every output format receives it."""

from dataclasses import dataclass

from trackwright_gen.location import Location


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of one span."""

    location: Location
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends a finding; only safe ones are applied without being asked for."""

    message: str
    edits: tuple[Edit, ...]
    safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding: which rule, what is wrong and where."""

    code: str
    name: str
    message: str
    location: Location
    fix: Fix | None = None
    task: str | None = None
    domain: str | None = None
    url: str | None = None
