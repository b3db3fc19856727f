"""In which order to migrate: what others need comes first, then what gives most for its effort."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.audit.counting import Measured
from trackwright_gen.audit.effort import Effort, Reason, estimate
from trackwright_gen.audit.gain import gain
from trackwright_gen.audit.ownership import Ownership, Provenance
from trackwright_gen.audit.relations import Relations, relate
from trackwright_gen.audit.snapshot import Place, body_rows, shown_path
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A job that is to be migrated before another, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One job to migrate: why, with how much effort, and after which others."""

    number: int
    name: str
    place: Place
    provenance: Provenance
    uses: int
    """Places that send it, schedules included."""
    failures: int | None
    """Failed runs in the database; None if none was asked."""
    gain: tuple[Reason, ...]
    effort: Effort
    after: tuple[Prerequisite, ...]
    in_a_circle: bool
    """True if some of that waits for this step in turn: they are best migrated together."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    job: Job
    provenance: Provenance
    uses: int
    failures: int | None
    gain: tuple[Reason, ...]
    effort: Effort

    @property
    def priority(self) -> float:
        # Being untracked counts by itself.
        return (1 + sum(each.points for each in self.gain)) / self.effort.points


def make_plan(
    project: SourceProject,
    measured: Measured,
    ownership: Ownership,
    root: Path,
    *,
    failures: Mapping[str, int] | None = None,
) -> tuple[Step, ...]:
    """Order the untracked jobs; `failures` are failed runs by the jobs' names."""
    return _Planner(project, measured, ownership, root, relate(project), failures).steps()


@dataclass(frozen=True, slots=True)
class _Planner:
    project: SourceProject
    measured: Measured
    ownership: Ownership
    root: Path
    relations: Relations
    failures: Mapping[str, int] | None

    def steps(self) -> tuple[Step, ...]:
        """All steps in order."""
        waiting = self._waiting()
        unblocks = Counter(needed for each in waiting.values() for needed in each)
        candidates = {job: self._candidate(job, unblocks[job]) for job in waiting}
        return tuple(
            self._step(number, candidates[job], waiting[job], in_a_circle=circle)
            for number, (job, circle) in enumerate(_ordered(candidates, waiting), start=1)
        )

    def _waiting(self) -> dict[Job, tuple[Job, ...]]:
        """The untracked jobs that each one waits for."""
        ours = dict.fromkeys(self.measured.untracked)
        before = self.relations.before
        return {job: tuple(each for each in before.get(job, ()) if each in ours) for job in ours}

    def _candidate(self, job: Job, unblocks: int) -> _Candidate:
        uses = self.relations.uses.get(job, ())
        provenance = self.ownership.of(job.location.path, *job.span, body=body_rows(job))
        failed = self.failures.get(job.name, 0) if self.failures is not None else None
        legacy = self._legacy_in(job)
        gained = gain(
            uses=len(uses),
            scheduled=any(each.how == "beat" for each in uses),
            legacy=legacy,
            failures=failed,
            days=provenance.days(self.project.today),
            unblocks=unblocks,
        )
        effort = estimate(job, uses, legacy, has_domain=job.domain is not None)
        return _Candidate(job, provenance, len(uses), failed, tuple(gained), effort)

    def _legacy_in(self, job: Job) -> int:
        first, last = body_rows(job)
        places = (each.location for each in self.measured.legacy)
        return sum(each.path == job.location.path and first <= each.row <= last for each in places)

    def _step(
        self, number: int, candidate: _Candidate, waits_for: tuple[Job, ...], *, in_a_circle: bool
    ) -> Step:
        job = candidate.job
        path = shown_path(job.location.path, self.root)
        return Step(
            number=number,
            name=job.name,
            place=Place(path, job.location.row, job.declaration.module.name),
            provenance=candidate.provenance,
            uses=candidate.uses,
            failures=candidate.failures,
            gain=candidate.gain,
            effort=candidate.effort,
            after=tuple(Prerequisite(each.name, self.relations.before[job][each]) for each in waits_for),
            in_a_circle=in_a_circle,
        )


def _ordered(
    candidates: Mapping[Job, _Candidate], waiting: Mapping[Job, tuple[Job, ...]]
) -> Iterator[tuple[Job, bool]]:
    """What waits for nothing, best first; in a circle the best of those left breaks it (True)."""
    left = dict.fromkeys(candidates)
    needs = {job: set(needed) for job, needed in waiting.items()}

    def key(job: Job) -> tuple[float, str, int]:
        return -candidates[job].priority, job.name, id(job)

    ready = [(key(job), job) for job in left if not needs[job]]
    heapq.heapify(ready)
    while left:
        circle = not ready
        job = min(left, key=key) if circle else heapq.heappop(ready)[1]
        del left[job]
        yield job, circle
        for other in left:
            if job in needs[other]:
                needs[other].discard(job)
                if not needs[other]:
                    heapq.heappush(ready, (key(other), other))
