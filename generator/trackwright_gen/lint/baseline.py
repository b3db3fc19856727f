"""Findings that were there before anyone looked: written down once, left out of later runs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.errors import ToolError
from trackwright_gen.lint.engine import PROBLEM_CODES, LintResult
from trackwright_gen.location import Location

_VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """What a finding is, wherever in its file it stands: lines move, messages name their object."""

    path: str
    code: str
    message: str


def known_of(diagnostic: Diagnostic, folder: Path) -> Known:
    """A finding as a baseline knows it; the path is relative to the baseline's folder where it lies in it."""
    path = diagnostic.location.path
    shown = path.relative_to(folder) if path.is_relative_to(folder) else path
    return Known(shown.as_posix(), diagnostic.code, diagnostic.message)


def without_known(result: LintResult, file: Path) -> LintResult:
    """The findings that a baseline does not know; files that could not be linted are always told.

    Raises:
        ToolError: the baseline is missing or is none.
    """
    left = Counter(_read(file))
    fresh: list[Diagnostic] = []
    for each in result.diagnostics:
        key = known_of(each, file.parent)
        if left[key] > 0:
            left[key] -= 1
        else:
            fresh.append(each)
    return replace(result, diagnostics=tuple(fresh), known=len(result.diagnostics) - len(fresh))


def written(diagnostics: Iterable[Diagnostic], file: Path) -> str:
    """The text of a baseline at a place, with all findings but those of files that could not be linted."""
    kept = (each for each in diagnostics if each.code not in PROBLEM_CODES.values())
    counts = Counter(known_of(each, file.parent) for each in kept)
    findings = [
        {"path": each.path, "code": each.code, "message": each.message, "count": counts[each]}
        for each in sorted(counts)
    ]
    return json.dumps({"version": _VERSION, "findings": findings}, indent=2, ensure_ascii=False) + "\n"


def _read(file: Path) -> list[Known]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["version"] != _VERSION:
            raise ToolError("a baseline of another version", at=Location(file), hint="write it anew")
        return list(_entries(content["findings"]))
    except OSError as error:
        raise ToolError(
            f"the baseline cannot be read: {error.strerror or error}",
            at=Location(file),
            hint="write it with --write-baseline",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ToolError(
            f"no baseline of this tool: {error!r}", at=Location(file), hint="write it with --write-baseline"
        ) from error


def _entries(findings: Iterable[dict[str, object]]) -> Iterator[Known]:
    for each in findings:
        yield from [Known(str(each["path"]), str(each["code"]), str(each["message"]))] * int(
            str(each["count"])
        )
