"""A spec file to its model: read, parsed, shaped, checked; every mistake at once, each with its place."""

from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolErrors
from trackwright_gen.location import Location
from trackwright_gen.spec.checks import checked
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.nodes import parse
from trackwright_gen.spec.places import Places
from trackwright_gen.spec.source import SpecSource
from trackwright_gen.spec.structure import shaped


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
    found = shaped(Places(source, parse(source)))
    if found.spec is None:
        raise ToolErrors(found.errors)
    result = checked(found.spec, found.places)
    errors = (*found.errors, *result.errors)
    if errors:
        raise ToolErrors(sorted(errors, key=lambda error: error.at or Location(source.path)))
    return LoadedSpec(result.spec, found.places)
