"""A spec file to its model: read, parsed, shaped, checked; every mistake at once, each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.location import Location
from trackwright_gen.spec.checks import spec_errors, typed
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.places import Places
from trackwright_gen.spec.source import SpecSource
from trackwright_gen.spec.structure import shaped
from trackwright_gen.spec.yaml_reader import parse

MOST_ERRORS = 50
"""More at once help nobody."""


@dataclass(frozen=True, slots=True)
class LoadedSpec:
    """A spec and where its parts stand, for messages of later stages."""

    spec: DomainSpec
    places: Places

    @property
    def path(self) -> Path:
        """The file it came from."""
        return self.places.source.path


def load_spec(path: Path) -> DomainSpec:
    """Read one spec.

    Raises:
        ToolErrors: every mistake, with its place and what to do.
        ToolError: the file cannot be read, or is no YAML at all.
    """
    return read_spec(path).spec


def read_spec(path: Path) -> LoadedSpec:
    """Read one spec and keep its places; raises as `load_spec` does."""
    return parse_spec(SpecSource.read(path))


def parse_spec(source: SpecSource) -> LoadedSpec:
    """Read a spec from text that is at hand; raises as `load_spec` does."""
    parsed = parse(source)
    found = shaped(Places(source, parsed.root))
    if found.spec is None:
        raise ToolErrors(_listed((*parsed.errors, *found.errors), source))
    errors = (*parsed.errors, *found.errors, *spec_errors(found.spec, found.places))
    if errors:
        raise ToolErrors(_listed(errors, source))
    return LoadedSpec(typed(found.spec), found.places)


def _listed(errors: Iterable[ToolError], source: SpecSource) -> list[ToolError]:
    """The mistakes in the file's order; of those at one place the first, which caused the others."""
    places: dict[Location, ToolError] = {}
    for error in errors:
        places.setdefault(error.at or Location(source.path), error)
    ordered = [places[place] for place in sorted(places, key=lambda place: (place.row, place.column))]
    if len(ordered) <= MOST_ERRORS:
        return ordered
    return [
        *ordered[:MOST_ERRORS],
        ToolError(f"and {len(ordered) - MOST_ERRORS} more mistakes", at=Location(source.path)),
    ]
