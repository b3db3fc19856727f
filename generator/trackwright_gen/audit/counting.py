"""The figures of one tree: jobs by how they are tracked, and uses of legacy tracking."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.lint.catalog import select_rules
from trackwright_gen.lint.engine import LintResult, lint
from trackwright_gen.lint.rule import Rule
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject

LEGACY = ("TW201", "TW203")
"""Uses of legacy tracking; TW202 reports places of TW201 again, for its codemod's sake."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Jobs by state, uses of legacy tracking, and files that could not be read."""

    tracked: int
    exempt: int
    untracked: int
    legacy: int
    unreadable: int = 0

    @property
    def jobs(self) -> int:
        """All jobs."""
        return self.tracked + self.exempt + self.untracked

    @property
    def debt(self) -> int:
        """What is to be done away with: untracked jobs and legacy uses."""
        return self.untracked + self.legacy

    @property
    def share(self) -> float | None:
        """The tracked part of the jobs that are not exempt, 0 to 1; None without any."""
        counted = self.tracked + self.untracked
        return self.tracked / counted if counted else None


@dataclass(frozen=True, slots=True)
class Measured:
    """A tree's figures and what they count."""

    figures: Figures
    untracked: tuple[Job, ...]
    legacy: tuple[Diagnostic, ...]
    result: LintResult


def legacy_rules() -> tuple[Rule, ...]:
    """The rules that find uses of legacy tracking, whatever the settings select."""
    return select_rules(select=LEGACY)


def measure(project: SourceProject, rules: Iterable[Rule], today: dt.date) -> Measured:
    """Count a project that was read; `rules` find its legacy uses."""
    result = lint(project, rules, today)
    legacy = tuple(each for each in result.diagnostics if each.code in LEGACY)
    untracked = tuple(job for job in project.jobs if not job.tracked and job.exemption is None)
    tracked = sum(job.tracked for job in project.jobs)
    figures = Figures(
        tracked=tracked,
        exempt=len(project.jobs) - tracked - len(untracked),
        untracked=len(untracked),
        legacy=len(legacy),
        unreadable=result.problems,
    )
    return Measured(figures, untracked, legacy, result)
