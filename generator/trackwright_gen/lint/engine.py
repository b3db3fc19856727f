"""One lint run: the chosen rules over a project, minus what its exemptions excuse."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from trackwright_gen.diagnostics import Diagnostic, Fix
from trackwright_gen.lint.rule import DOCS, Rule, Run
from trackwright_gen.location import Location
from trackwright_gen.source.footprint import NOTHING, Footprint
from trackwright_gen.source.jobs import Exemption
from trackwright_gen.source.parsing import Problem
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.unresolved import Unresolved

PROBLEM_CODES = {"invalid-syntax": "TW001", "unreadable-file": "TW002"}
MALFORMED = ("TW900", "invalid-exemption")
_Excused = tuple[Path, Exemption, str]


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
    excused: tuple[tuple[Path, str, str], ...] = ()
    """For each finding that an exemption excuses: its file, the kind of exemption, and the code."""
    unresolved: tuple[Unresolved, ...] = ()
    """What may be a job and could not be followed."""
    all_parse: bool = True
    """False if files that hold no job were too many to be asked for syntax errors."""
    footprint: Footprint = NOTHING

    @property
    def exempted(self) -> tuple[tuple[str, str, int], ...]:
        """Kind of exemption, code, and how many findings it excuses."""
        counts = Counter((kind, code) for _, kind, code in self.excused)
        return tuple((kind, code, count) for (kind, code), count in sorted(counts.items()))


def lint(project: SourceProject, rules: Iterable[Rule], today: dt.date) -> LintResult:
    """Apply rules to a project; those that judge the exemptions themselves come last."""
    chosen = tuple(rules)
    excused: list[_Excused] = []
    found = [
        *_malformed(project),
        *(each for rule in chosen for each in _applied(rule, project, today, excused)),
    ]
    found += _of_the_run(project, chosen, frozenset(exemption for _, exemption, _ in excused))
    # Rules lead to files that nothing else did: what is wrong with those is known now.
    problems = [problem_diagnostic(each) for each in project.problems]
    ordered = sorted(
        [*problems, *(_fixable(each, project) for each in found)], key=lambda each: (each.location, each.code)
    )
    return LintResult(
        tuple(ordered),
        len(problems),
        project.files,
        excused=tuple((path, exemption.kind, code) for path, exemption, code in excused),
        unresolved=project.unresolved,
        all_parse=project.all_parse,
        footprint=project.footprint_of(),
    )


def _applied(
    rule: Rule, project: SourceProject, today: dt.date, excused: list[_Excused]
) -> Iterator[Diagnostic]:
    """The findings of a rule that nothing excuses; what excuses others is added to `excused`."""
    for finding in rule.check(project) if rule.check is not None else ():
        where = finding.location
        around = project.exemptions.covering(where.path, finding.span, where.row, finding.task)
        covering = [each for each in around if each.covers(rule.code, today)]
        excused += [(where.path, each, rule.code) for each in covering[:1]]
        if not covering:
            yield rule.diagnostic(finding)


def _of_the_run(
    project: SourceProject, rules: Iterable[Rule], used: frozenset[Exemption]
) -> Iterator[Diagnostic]:
    run = Run(frozenset(rule.code for rule in rules), used)
    for rule in rules:
        for finding in rule.check_run(project, run) if rule.check_run is not None else ():
            yield rule.diagnostic(finding)


def _fixable(diagnostic: Diagnostic, project: SourceProject) -> Diagnostic:
    """The finding, without a fix where columns are not those of the file: newer syntax read as older."""
    if diagnostic.fix is None:
        return diagnostic
    module = project.search.module(diagnostic.location.path)
    rows = module.restated if module is not None else frozenset[int]()
    return diagnostic if rows.isdisjoint(_edited_rows(diagnostic.fix)) else replace(diagnostic, fix=None)


def _edited_rows(fix: Fix) -> Iterator[int]:
    for edit in fix.edits:
        where = edit.location
        yield from range(where.row, (where.end_row or where.row) + 1)


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
