"""Who sends whom: the places that send a job, and which jobs have to be tracked before which."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from trackwright_gen.source.dispatches import Dispatch
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope

_SIGNATURES = frozenset({"s", "si", "signature"})


@dataclass(frozen=True, slots=True)
class Relations:
    """Dispatches by job, and for each job those that are to be tracked before it, with the reason."""

    uses: Mapping[Job, tuple[Dispatch, ...]]
    before: Mapping[Job, Mapping[Job, str]]


def relate(project: SourceProject) -> Relations:
    """Read all dispatches of a project.

    A tracked sender hands on the tracking row of what it sends, so what is sent comes first. A later step of
    a chain names the rows of the steps before it as its prerequisites (principles 2.3), so those come first.
    """
    uses: dict[Job, list[Dispatch]] = defaultdict(list)
    before: dict[Job, dict[Job, str]] = defaultdict(dict)
    bodies = {job.declaration.body: job for job in project.jobs if job.declaration.body is not None}
    signatures: dict[ast.AST, Job] = {}
    scopes: dict[Scope, None] = {}
    for each in project.dispatches.all():
        uses[each.job].append(each)
        sender = _sender(each.scope, bodies)
        if sender is not None and sender is not each.job:
            before[sender][each.job] = "sent by it"
        if each.how in _SIGNATURES:
            signatures[each.node] = each.job
            scopes[each.scope.module.scope] = None
    for scope in scopes:
        for earlier, later in _successions(scope.node, signatures):
            if earlier is not later and later not in before[earlier]:
                before[later].setdefault(earlier, "before it in a chain")
    return Relations({job: tuple(found) for job, found in uses.items()}, dict(before))


def _sender(scope: Scope | None, bodies: Mapping[Scope, Job]) -> Job | None:
    """The job in whose body something happens."""
    while scope is not None:
        if scope in bodies:
            return bodies[scope]
        scope = scope.parent
    return None


def _successions(tree: ast.AST, jobs: Mapping[ast.AST, Job]) -> Iterator[tuple[Job, Job]]:
    """Jobs of neighbouring steps of all chains."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.Call):
            for one, other in pairwise(_steps(node, jobs)):
                yield from ((earlier, later) for earlier in one for later in other)


def _steps(node: ast.AST, jobs: Mapping[ast.AST, Job]) -> list[frozenset[Job]]:
    """The steps of a canvas, those of a group side by side."""
    if node in jobs:
        return [frozenset({jobs[node]})]
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*_steps(left, jobs), *_steps(right, jobs)]
        case ast.Call(func=ast.Call(func=inner, args=header), args=body) if _name(inner) == "chord":
            return [_together(header, jobs), *_all_steps(body, jobs)]
        case ast.Call(func=called, args=[header, *body]) if _name(called) == "chord":
            return [_together([header], jobs), *_all_steps(body, jobs)]
        case ast.Call(func=called, args=steps) if _name(called) == "chain":
            return _all_steps(steps, jobs)
        case ast.Call(func=called, args=members) if _name(called) == "group":
            return [_together(members, jobs)]
        case ast.Call(func=ast.Attribute(value=canvas)):
            return _steps(canvas, jobs)
        case _:
            return []


def _all_steps(nodes: Iterable[ast.AST], jobs: Mapping[ast.AST, Job]) -> list[frozenset[Job]]:
    return [step for node in nodes for step in _steps(node, jobs)]


def _together(nodes: Iterable[ast.AST], jobs: Mapping[ast.AST, Job]) -> frozenset[Job]:
    return frozenset(jobs[inner] for node in nodes for inner in ast.walk(node) if inner in jobs)


def _name(called: ast.expr) -> str:
    return ast.unparse(called).rpartition(".")[2] if isinstance(called, ast.Name | ast.Attribute) else ""
