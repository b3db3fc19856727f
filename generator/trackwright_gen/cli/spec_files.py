"""Which specs a command is about, and their contents."""

from collections.abc import Sequence
from pathlib import Path

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.location import Location
from trackwright_gen.spec.loader import LoadedSpec, read_spec
from trackwright_gen.spec.nearest import did_you_mean

SUFFIXES = (".yaml", ".yml")


def load_specs(folder: Path, wanted: Sequence[str], start: Path) -> tuple[LoadedSpec, ...]:
    """Load the named specs, domains of the folder or files; all of the folder when none is named.

    Raises:
        ToolErrors: every mistake of every spec.
        ToolError: a name that is neither a domain nor a file, or nothing to load.
    """
    paths = [_path_of(name, folder, start) for name in wanted] if wanted else _all(folder)
    errors: list[ToolError] = []
    loaded: dict[Path, LoadedSpec] = {}
    for path in paths:
        try:
            loaded[path] = read_spec(path)
        except ToolErrors as found:
            errors += found.errors
        except ToolError as error:
            errors.append(error)
    errors += _twice(tuple(loaded.values()))
    if errors:
        raise ToolErrors(errors)
    return tuple(loaded.values())


def specs_by_domain(folder: Path) -> dict[str, Path]:
    """The spec of each domain; a broken one goes by the name of its file."""
    return {_domain_of(path): path for path in specs_in(folder)}


def _domain_of(path: Path) -> str:
    try:
        return read_spec(path).spec.domain
    except (ToolError, ToolErrors):
        return path.stem


def _all(folder: Path) -> list[Path]:
    paths = specs_in(folder)
    if not paths:
        raise ToolError(f"no specs in {folder}", hint="write one with: trackwright new DOMAIN")
    return paths


def specs_in(folder: Path) -> list[Path]:
    """The files of all specs."""
    return sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES and path.is_file())


def _path_of(name: str, folder: Path, start: Path) -> Path:
    if name.endswith(SUFFIXES) or "/" in name:
        path = start / name
        if not path.is_file():
            raise ToolError("there is no such spec", at=Location(path))
        return path
    for path in specs_in(folder):
        if path.stem == name:
            return path
    known = [path.stem for path in specs_in(folder)]
    raise ToolError(
        f"no spec of a domain {name!r} in {folder}",
        hint=did_you_mean(name, known) if known else f"write it with: trackwright new {name}",
    )


def _twice(loaded: Sequence[LoadedSpec]) -> list[ToolError]:
    seen: dict[str, LoadedSpec] = {}
    errors: list[ToolError] = []
    for one in loaded:
        first = seen.setdefault(one.spec.domain, one)
        if first is not one:
            errors.append(
                one.places.error(
                    ("domain",),
                    f"the domain {one.spec.domain!r} has another spec, {first.path}",
                    hint="keep one of them",
                )
            )
    return errors
