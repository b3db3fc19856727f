"""A finding of the linter, as every output format receives it."""

from dataclasses import dataclass

from trackwright_gen.location import Location


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of one span: an empty span inserts, empty content deletes; rows end with a plain newline."""

    location: Location
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends a finding, all of its edits in one file or none.

    Safe: the program does what it did, apart from what the rule is about; others are applied only when asked for.
    """

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
