"""One lint run: the chosen rules over a project, minus what its exemptions excuse."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from trackwright_gen.diagnostics import Diagnostic, Fix
from trackwright_gen.lint.rule import DOCS, Finding, Rule
from trackwright_gen.location import Location
from trackwright_gen.source.exemptions import Exemptions
from trackwright_gen.source.footprint import NOTHING, Footprint
from trackwright_gen.source.jobs import Exemption
from trackwright_gen.source.parsing import Problem
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.unresolved import Unresolved

PROBLEM_CODES = {"invalid-syntax": "TW001", "unreadable-file": "TW002"}
MALFORMED = ("TW900", "invalid-exemption")


@dataclass(frozen=True, slots=True)
class LintResult:
    """The findings in the order of their places, and how many of them mean that a file was not linted."""

    diagnostics: tuple[Diagnostic, ...]
    problems: int
    files: int
    fixed: int = 0
    """How many findings were mended before these were left."""
    known: int = 0
    """How many findings a baseline knows, so that they are not among these."""
    exempted: tuple[tuple[str, str, int], ...] = ()
    """Kind of exemption, code, and how many findings it excuses."""
    unresolved: tuple[Unresolved, ...] = ()
    """What may be a job and could not be followed."""
    all_parse: bool = True
    """False if files that hold no job were too many to be asked for syntax errors."""
    footprint: Footprint = NOTHING


def lint(project: SourceProject, rules: Iterable[Rule], today: dt.date) -> LintResult:
    """Apply rules to a project."""
    problems = [problem_diagnostic(each) for each in project.problems]
    restated = {module.path: module.restated for module in project.modules if module.restated}
    excused: Counter[tuple[str, str]] = Counter()
    found = [
        *_malformed(project),
        *(_fixable(each, restated) for rule in rules for each in _applied(rule, project, today, excused)),
    ]
    ordered = sorted([*problems, *found], key=lambda each: (each.location, each.code))
    exempted = tuple((kind, code, count) for (kind, code), count in sorted(excused.items()))
    return LintResult(
        tuple(ordered),
        len(problems),
        project.files,
        exempted=exempted,
        unresolved=project.unresolved,
        all_parse=project.all_parse,
        footprint=project.footprint_of(),
    )


def _applied(
    rule: Rule, project: SourceProject, today: dt.date, excused: Counter[tuple[str, str]]
) -> Iterator[Diagnostic]:
    for finding in rule.check(project):
        exemptions = project.exemptions.of(finding.location.path)
        excuse = _excuse(rule.code, finding, exemptions, today) if exemptions is not None else None
        if excuse is None:
            yield rule.diagnostic(finding)
        else:
            excused[excuse.kind, rule.code] += 1


def _fixable(diagnostic: Diagnostic, restated: Mapping[Path, frozenset[int]]) -> Diagnostic:
    """The finding, without a fix where columns are not those of the file: newer syntax read as older."""
    rows = restated.get(diagnostic.location.path)
    if rows is None or diagnostic.fix is None or rows.isdisjoint(_edited_rows(diagnostic.fix)):
        return diagnostic
    return replace(diagnostic, fix=None)


def _edited_rows(fix: Fix) -> Iterator[int]:
    for edit in fix.edits:
        where = edit.location
        yield from range(where.row, (where.end_row or where.row) + 1)


def _excuse(code: str, finding: Finding, exemptions: Exemptions, today: dt.date) -> Exemption | None:
    around = exemptions.around(finding.span, finding.location.row)
    return next((each for each in around if each.covers(code, today)), None)


def problem_diagnostic(problem: Problem) -> Diagnostic:
    """A file that could not be linted, as a finding."""
    return Diagnostic(
        code=PROBLEM_CODES[problem.kind],
        name=problem.kind,
        message=problem.message,
        location=problem.location,
        url=f"{DOCS}/{problem.kind}",
    )


def _malformed(project: SourceProject) -> Iterator[Diagnostic]:
    code, name = MALFORMED
    for path, each in project.exemptions.malformed():
        place = Location(path, each.row, each.column)
        yield Diagnostic(code=code, name=name, message=each.message, location=place, url=f"{DOCS}/{name}")
