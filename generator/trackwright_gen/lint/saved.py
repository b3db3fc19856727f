"""A run's result as JSON and back, and whether it still holds: nothing is executed that a cache file says."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from trackwright_gen.diagnostics import Diagnostic, Edit, Fix
from trackwright_gen.lint.engine import PROBLEM_CODES, LintResult, problem_diagnostic
from trackwright_gen.lint.saved_footprint import dumped_footprint, restored_footprint
from trackwright_gen.location import Location
from trackwright_gen.source.parsing import check
from trackwright_gen.source.unresolved import Unresolved

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file was when it was linted: `modified` in nanoseconds, -1 if it changed meanwhile."""

    modified: int
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A result, and the files it was made from."""

    result: LintResult
    files: Mapping[Path, FileState]


def digest(data: bytes) -> str:
    """What tells one content from another."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def dumped(saved: Saved) -> Json:
    """A saved run as JSON's types."""
    result = saved.result
    return {
        "files": {str(path): [each.modified, each.size, each.digest] for path, each in saved.files.items()},
        "diagnostics": [_plain(asdict(each)) for each in result.diagnostics],
        "problems": result.problems,
        "count": result.files,
        "excused": [(str(path), kind, code) for path, kind, code in result.excused],
        "unresolved": [_plain(asdict(each)) for each in result.unresolved],
        "all_parse": result.all_parse,
        "footprint": dumped_footprint(result.footprint),
    }


def restored(content: Json) -> Saved:
    """A saved run from JSON's types.

    Raises:
        KeyError, TypeError, ValueError, re.error: it is none.
    """
    result = LintResult(
        tuple(_diagnostic(each) for each in content["diagnostics"]),
        int(content["problems"]),
        int(content["count"]),
        excused=tuple((Path(path), kind, code) for path, kind, code in content["excused"]),
        unresolved=tuple(
            Unresolved(_location(each["location"]), each["message"]) for each in content["unresolved"]
        ),
        all_parse=bool(content["all_parse"]),
        footprint=restored_footprint(content["footprint"]),
    )
    return Saved(result, {Path(path): FileState(*state) for path, state in content["files"].items()})


def after_changes(
    result: LintResult, changed: Mapping[Path, bytes], reported: Iterable[Path]
) -> LintResult | None:
    """The result with other bytes in some files; None if only a new run can tell.

    Files that no run would parse change nothing but what is said of their own syntax.
    """
    if any(result.footprint.is_touched_by(path, data) for path, data in changed.items()):
        return None
    codes = PROBLEM_CODES.values()
    kept = [
        each for each in result.diagnostics if each.location.path not in changed or each.code not in codes
    ]
    gone = len(result.diagnostics) - len(kept)
    asked = changed.keys() & set(reported) if result.all_parse else ()
    found = [problem_diagnostic(each) for path in asked if (each := check(path, changed[path])) is not None]
    return replace(
        result,
        diagnostics=tuple(sorted([*kept, *found], key=lambda each: (each.location, each.code))),
        problems=result.problems - gone + len(found),
    )


def with_part(result: LintResult, part: LintResult, files: frozenset[Path]) -> LintResult | None:
    """The result with that of a run over some files in their place; None if those say more to others than before."""
    whole, own = result.footprint, part.footprint
    says_the_same = all(own.jobs_in.get(path) == whole.jobs_in[path] for path in files)
    if not says_the_same or own.names - whole.names or set(own.patterns) - set(whole.patterns):
        return None
    kept = [each for each in result.diagnostics if each.location.path not in files]
    unresolved = [each for each in result.unresolved if each.location.path not in files]
    codes = PROBLEM_CODES.values()
    return replace(
        result,
        diagnostics=tuple(sorted([*kept, *part.diagnostics], key=lambda each: (each.location, each.code))),
        problems=sum(each.code in codes for each in (*kept, *part.diagnostics)),
        excused=(*(each for each in result.excused if each[0] not in files), *part.excused),
        unresolved=tuple(sorted([*unresolved, *part.unresolved], key=lambda each: each.location)),
        footprint=replace(whole, parsed=whole.parsed | own.parsed, crossed={**whole.crossed, **own.crossed}),
    )


def _plain(value: Any) -> Any:
    match value:
        case Path():
            return str(value)
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return value


def _diagnostic(content: Json) -> Diagnostic:
    fix = content["fix"]
    return Diagnostic(**{**content, "location": _location(content["location"]), "fix": fix and _fix(fix)})


def _fix(content: Json) -> Fix:
    edits = tuple(Edit(_location(each["location"]), each["content"]) for each in content["edits"])
    return Fix(content["message"], edits, content["safe"])


def _location(content: Json) -> Location:
    return Location(**{**content, "path": Path(content["path"])})
