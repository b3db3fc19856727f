"""How much there is to change when a job is migrated: points for what is seen in its code, each with its reason."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from trackwright_gen.audit.snapshot import body_rows
from trackwright_gen.source.dispatches import Dispatch
from trackwright_gen.source.jobs import Job

Size = Literal["S", "M", "L"]
SIZES: dict[Size, str] = {"S": "about half a day", "M": "about a day", "L": "two days or more"}
_SMALL, _MEDIUM = 3, 6
_LONG = 60
"""Rows from which a body holds more than one thing, as our own style has it twice over."""
_SITES_PER_POINT, _MOST_FOR_SITES = 3, 4
_MOST_FOR_LEGACY = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that costs, and its points."""

    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Effort:
    """Points and what they are for; the size is a range of them."""

    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        """All points."""
        return sum(each.points for each in self.reasons)

    @property
    def size(self) -> Size:
        """Small, medium or large."""
        return "S" if self.points <= _SMALL else "M" if self.points <= _MEDIUM else "L"


def estimate(job: Job, uses: Iterable[Dispatch], legacy: int, *, has_domain: bool) -> Effort:
    """Estimate a job from its code, its dispatches, and how many legacy uses are in it."""
    reasons = [*_own_reasons(job, has_domain=has_domain), *_of_uses(tuple(uses)), *_of_legacy(legacy)]
    return Effort(tuple(reasons))


def _own_reasons(job: Job, *, has_domain: bool) -> Iterator[Reason]:
    yield Reason(1, "declaration and body")
    if not has_domain:
        yield Reason(1, "a spec and a table for its domain")
    if job.framework != "celery":
        yield Reason(2, f"becomes a Celery task, or is tracked by hand: {job.framework}")
    if job.is_async:
        yield Reason(1, "an async body that Celery does not await")
    first, last = body_rows(job)
    if last - first >= _LONG:
        yield Reason(1, f"a long body: {last - first + 1} rows")
    if any(_retries(call) for call in _calls(job)):
        yield Reason(1, "retries by hand, which the task's policy takes over")


def _of_uses(uses: tuple[Dispatch, ...]) -> Iterator[Reason]:
    sites = [each for each in uses if each.how != "beat"]
    if sites:
        points = min(1 + (len(sites) - 1) // _SITES_PER_POINT, _MOST_FOR_SITES)
        yield Reason(points, f"{_counted(len(sites), 'place sends', 'places send')} it")
    if any(each.how in {"s", "si", "signature"} for each in uses):
        yield Reason(1, "part of a chain or group")
    if any(each.how == "beat" for each in uses):
        yield Reason(1, "a beat schedule that has to create the row")


def _of_legacy(inside: int) -> Iterator[Reason]:
    if inside:
        words = f"{_counted(inside, 'use', 'uses')} of legacy tracking in it"
        yield Reason(min(inside, _MOST_FOR_LEGACY), words)


def _calls(job: Job) -> Iterator[ast.Call]:
    if job.declaration.body is not None:
        for scope in job.declaration.body.walk():
            yield from scope.calls


def _retries(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "retry"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
