"""What ties a spec to other tables and earlier versions: renames, legacy rows, adopted tables."""

from collections.abc import Iterator, Mapping

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.core import CORE_FIELDS, STATUSES
from trackwright_gen.spec.key_checks import unknown_field
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.nearest import did_you_mean
from trackwright_gen.spec.places import Places


def transition_errors(spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    """Look at `renamed_from`, `legacy`, `adopt`, `allow_rewrite` and `allow_drop`."""
    yield from _renames(spec, places)
    if spec.legacy:
        yield from _targets(("legacy", "fields"), spec.legacy.fields, places)
        yield from _statuses(("legacy", "status"), spec.legacy.status, places)
    if spec.adopt:
        yield from _targets(("adopt", "rename"), spec.adopt.rename, places)
        yield from _statuses(("adopt", "status"), spec.adopt.status, places)
    for position, name in enumerate(spec.allow_rewrite):
        if unknown := unknown_field(name, places):
            yield places.error(("allow_rewrite", position), unknown[0], hint=unknown[1])
    for position, name in enumerate(spec.allow_drop):
        if name in CORE_FIELDS:
            yield places.error(
                ("allow_drop", position), f"{name!r} is a base column, which every domain keeps"
            )


def _renames(spec: DomainSpec, places: Places) -> Iterator[ToolError]:
    heirs: dict[str, str] = {}
    for name, field in spec.fields.items():
        old = field.renamed_from
        if old is None:
            continue
        path = ("fields", name, "renamed_from")
        if old in CORE_FIELDS:
            yield places.error(path, f"{old!r} is a base column, which cannot be renamed")
        elif old in spec.fields:
            yield places.error(
                path, f"{old!r} is still a field, so {name!r} cannot have been renamed from it"
            )
        elif old in heirs:
            yield places.error(path, f"{heirs[old]!r} is renamed from {old!r} too")
        heirs.setdefault(old, name)


def _targets(path: tuple[str, str], mapping: Mapping[str, str], places: Places) -> Iterator[ToolError]:
    for old, new in mapping.items():
        if unknown := unknown_field(new, places):
            yield places.error((*path, old), unknown[0], hint=unknown[1])


def _statuses(path: tuple[str, str], mapping: Mapping[str, str], places: Places) -> Iterator[ToolError]:
    for old, new in mapping.items():
        if new not in STATUSES:
            yield places.error(
                (*path, old), f"there is no status {new!r}", hint=did_you_mean(new.upper(), STATUSES)
            )
