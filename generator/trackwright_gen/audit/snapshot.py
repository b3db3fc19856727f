"""What is to be done about background work today: each item with its place, its owner and its age."""

import ast
import datetime as dt
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trackwright_gen.audit.counting import Figures, Measured
from trackwright_gen.audit.ownership import Ownership, Provenance
from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.lint.engine import PROBLEM_CODES
from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Exemption, Job
from trackwright_gen.source.project import SourceProject

SOON = dt.timedelta(days=30)
"""An exemption that ends within a month wants to be decided about now."""

Term = Literal["expired", "ends soon", "running", "no end"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a path from the root for people (odd bytes replaced), a row, a dotted module."""

    path: str
    row: int
    module: str

    def __str__(self) -> str:
        return f"{self.path}:{self.row}"


@dataclass(frozen=True, slots=True)
class Debt:
    """One untracked job, or one use of legacy tracking."""

    kind: Literal["untracked", "legacy"]
    name: str
    """The job's name, or what is done with the legacy model."""
    code: str
    place: Place
    provenance: Provenance
    framework: str | None = None
    declared_by: str | None = None


@dataclass(frozen=True, slots=True)
class Excuse:
    """An exemption, and how long it still runs."""

    exemption: Exemption
    place: Place
    provenance: Provenance
    term: Term


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs to one module or one owner."""

    name: str
    figures: Figures
    oldest: dt.date | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A tree as it is now. Debts come oldest first, groups with the most debt first."""

    figures: Figures
    debts: tuple[Debt, ...]
    excuses: tuple[Excuse, ...]
    modules: tuple[Group, ...]
    owners: tuple[Group, ...]
    problems: tuple[str, ...]
    """Files that could not be read, in words."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """One thing that counts in the groups."""

    kind: Literal["tracked", "exempt", "untracked", "legacy"]
    place: Place
    provenance: Provenance


def take_snapshot(
    project: SourceProject, measured: Measured, ownership: Ownership, root: Path, today: dt.date
) -> Snapshot:
    """Find owners and ages of all that was measured."""
    return _Camera(project, measured, ownership, root, today).snapshot()


def shown_path(path: Path, root: Path) -> str:
    """A path from the root as text: bytes that are none are replaced."""
    inside = path.relative_to(root) if path.is_relative_to(root) else path
    return os.fsencode(inside.as_posix()).decode(errors="replace")


def body_rows(job: Job) -> tuple[int, int]:
    """The rows of a job, from its first decorator to its end."""
    node = job.declaration.node
    body = job.declaration.body.node if job.declaration.body is not None else node
    if isinstance(node, ast.Call) or isinstance(body, ast.Module):
        return job.span
    return job.span[0], node.end_lineno or job.span[1]


@dataclass(frozen=True, slots=True)
class _Camera:
    project: SourceProject
    measured: Measured
    ownership: Ownership
    root: Path
    today: dt.date

    def snapshot(self) -> Snapshot:
        """Everything, in order."""
        written = tuple(self.project.exemptions.written())
        legacy = self.measured.legacy
        paths = [*(job.location.path for job in self.project.jobs), *(each.location.path for each in legacy)]
        self.ownership.prepare([*paths, *(place.path for place, _ in written)])
        jobs = {job: self._of_job(job) for job in self.project.jobs}
        debts = [
            *(self._untracked(job, jobs[job]) for job in self.measured.untracked),
            *(self._legacy(each) for each in legacy),
        ]
        counted = [
            *(_Counted(_kind(job), self._place_of(job), found) for job, found in jobs.items()),
            *(_Counted("legacy", each.place, each.provenance) for each in debts if each.kind == "legacy"),
        ]
        return Snapshot(
            figures=self.measured.figures,
            debts=tuple(sorted(debts, key=_by_age)),
            excuses=tuple(sorted(map(self._excuse, written), key=_by_end)),
            modules=_groups(counted, lambda each: each.place.module),
            owners=_groups(counted, lambda each: each.provenance.owner.name),
            problems=tuple(
                self._problem(each) for each in self.measured.result.diagnostics if _is_problem(each)
            ),
        )

    def _of_job(self, job: Job) -> Provenance:
        return self.ownership.of(job.location.path, *job.span, body=body_rows(job))

    def _untracked(self, job: Job, provenance: Provenance) -> Debt:
        code = "TW101" if job.framework == "celery" else "TW102"
        return Debt(
            "untracked", job.name, code, self._place_of(job), provenance, job.framework, job.declared_by
        )

    def _legacy(self, found: Diagnostic) -> Debt:
        where = found.location
        provenance = self.ownership.of(where.path, where.row, where.row)
        return Debt("legacy", found.message, found.code, self._place(where.path, where.row), provenance)

    def _excuse(self, written: tuple[Location, Exemption]) -> Excuse:
        where, exemption = written
        provenance = self.ownership.of(where.path, where.row, where.row)
        return Excuse(
            exemption, self._place(where.path, where.row), provenance, term_of(exemption, self.today)
        )

    def _place_of(self, job: Job) -> Place:
        return Place(shown_path(job.location.path, self.root), job.location.row, job.declaration.module.name)

    def _place(self, path: Path, row: int) -> Place:
        module = self.project.search.module(path)
        shown = shown_path(path, self.root)
        return Place(shown, row, module.name if module is not None else shown)

    def _problem(self, found: Diagnostic) -> str:
        return f"{shown_path(found.location.path, self.root)}:{found.location.row}: {found.message}"


def term_of(exemption: Exemption, today: dt.date) -> Term:
    """How an exemption's time stands."""
    if exemption.until is None:
        return "no end"
    if exemption.until < today:
        return "expired"
    return "ends soon" if exemption.until - today <= SOON else "running"


def _is_problem(found: Diagnostic) -> bool:
    return found.code in PROBLEM_CODES.values()


def _kind(job: Job) -> Literal["tracked", "exempt", "untracked"]:
    if job.tracked:
        return "tracked"
    return "exempt" if job.exemption is not None else "untracked"


def _by_age(debt: Debt) -> tuple[dt.date, str, int]:
    return debt.provenance.since or dt.date.max, debt.place.path, debt.place.row


def _by_end(excuse: Excuse) -> tuple[dt.date, str, int]:
    return excuse.exemption.until or dt.date.max, excuse.place.path, excuse.place.row


def _groups(counted: Iterable[_Counted], key: Callable[[_Counted], str]) -> tuple[Group, ...]:
    by_key: dict[str, list[_Counted]] = defaultdict(list)
    for each in counted:
        by_key[key(each)].append(each)
    groups = [_group(name, members) for name, members in by_key.items()]
    return tuple(sorted(groups, key=lambda each: (-each.figures.debt, each.name)))


def _group(name: str, members: list[_Counted]) -> Group:
    kinds = [each.kind for each in members]
    figures = Figures(
        tracked=kinds.count("tracked"),
        exempt=kinds.count("exempt"),
        untracked=kinds.count("untracked"),
        legacy=kinds.count("legacy"),
    )
    return Group(name, figures, min(_ages_of_debt(members), default=None))


def _ages_of_debt(members: Iterable[_Counted]) -> Iterator[dt.date]:
    for each in members:
        if each.kind in {"untracked", "legacy"} and each.provenance.since is not None:
            yield each.provenance.since
