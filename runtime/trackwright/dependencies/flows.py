"""Plans of rows that depend on each other: steps, chains of them, groups of them, chains of groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from trackwright.dispatch import Sendable
from trackwright.model import TaskTrackingMixin


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A row to be: its model, its fields, the task that shall run it."""

    model: type[TaskTrackingMixin]
    fields: Mapping[str, Any]
    task: Sendable | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Steps with their order; `edges` are (before, after) as positions in `steps`, before always the lower one."""

    steps: tuple[Step, ...]
    edges: tuple[tuple[int, int], ...]
    first: tuple[int, ...]
    """Steps that wait for nothing inside."""
    last: tuple[int, ...]
    """Steps that nothing inside waits for."""


Part: TypeAlias = Step | Flow


def step(model: type[TaskTrackingMixin], task: Sendable | None = None, **fields: Any) -> Step:
    """A row of a model that `task` shall run; without a task, one that is worked on by hand."""
    return Step(model, fields, task)


def group(*parts: Part) -> Flow:
    """Parts that run side by side."""
    flows = _placed(parts)
    return Flow(
        steps=tuple(one for flow in flows for one in flow.steps),
        edges=tuple(edge for flow in flows for edge in flow.edges),
        first=tuple(position for flow in flows for position in flow.first),
        last=tuple(position for flow in flows for position in flow.last),
    )


def chain(*parts: Part) -> Flow:
    """Parts that run one after the other: each begins when all of the one before it has completed."""
    flows = [flow for flow in _placed(parts) if flow.steps]
    if not flows:
        return Flow((), (), (), ())
    between = (
        (before, after)
        for one, following in pairwise(flows)
        for before in one.last
        for after in following.first
    )
    return Flow(
        steps=tuple(one for flow in flows for one in flow.steps),
        edges=(*(edge for flow in flows for edge in flow.edges), *between),
        first=flows[0].first,
        last=flows[-1].last,
    )


def as_flow(part: Part) -> Flow:
    """A single step as a flow of one."""
    return Flow((part,), (), (0,), (0,)) if isinstance(part, Step) else part


def _placed(parts: Iterable[Part]) -> list[Flow]:
    """The parts as flows, their positions moved behind those of the parts before."""
    placed: list[Flow] = []
    start = 0
    for part in parts:
        flow = as_flow(part)
        placed.append(_moved(flow, start))
        start += len(flow.steps)
    return placed


def _moved(flow: Flow, by: int) -> Flow:
    return Flow(
        steps=flow.steps,
        edges=tuple((before + by, after + by) for before, after in flow.edges),
        first=tuple(position + by for position in flow.first),
        last=tuple(position + by for position in flow.last),
    )
