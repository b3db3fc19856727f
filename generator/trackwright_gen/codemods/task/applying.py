"""Planned moves carried out on texts: files in, files out; a move that turns out impossible is left out as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst

from trackwright_gen.codemods.task.file_edits import FileEdits, finished, with_statements
from trackwright_gen.codemods.task.left_alone import CannotRewriteError, Reason
from trackwright_gen.codemods.task.moving import move_body
from trackwright_gen.codemods.task.rewriting import TaskPlan
from trackwright_gen.source.project import SourceProject

Read = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of some plans.

    Attributes:
        texts: files that change, as they shall be.
        done: the plans that were carried out, each with what a person should know.
        left: the plans that were not, with the reason.
    """

    texts: Mapping[Path, str]
    done: tuple[tuple[TaskPlan, tuple[Reason, ...]], ...]
    left: tuple[tuple[TaskPlan, Reason], ...]


def apply_plans(project: SourceProject, plans: Sequence[TaskPlan], read: Read) -> Applied:
    """Carry out all plans that can be, together."""
    wanted = list(plans)
    left: list[tuple[TaskPlan, Reason]] = []
    while True:
        try:
            texts, notes = _together(project, wanted, read)
        except _FailedError as failed:
            wanted.remove(failed.plan)
            left.append((failed.plan, failed.reason))
            continue
        done = tuple((plan, (*plan.notes, *notes[id(plan)])) for plan in wanted)
        return Applied(texts, done, tuple(left))


class _FailedError(Exception):
    def __init__(self, plan: TaskPlan, reason: Reason) -> None:
        super().__init__(reason.text)
        self.plan = plan
        self.reason = reason


def _together(
    project: SourceProject, plans: Sequence[TaskPlan], read: Read
) -> tuple[dict[Path, str], dict[int, list[Reason]]]:
    edits: dict[Path, FileEdits] = {}
    for plan in plans:
        for path, own in plan.edits.items():
            edits.setdefault(path, FileEdits()).add(own)
    modules = {path: with_statements(read(path), own) for path, own in edits.items()}
    targets: dict[Path, cst.Module] = {}
    notes: dict[int, list[Reason]] = {}
    for plan in plans:
        body = plan.job.declaration.body
        assert body is not None  # noqa: S101 -- plans are about functions
        path, file = body.module.path, plan.target.file
        target = targets.get(file) or modules.get(file) or cst.parse_module(read(file))
        try:
            moved = move_body(project, plan, modules[path], target)
        except CannotRewriteError as error:
            raise _FailedError(plan, error.reason) from error
        if moved.taken and any(source == plan.target.task.module for source, _ in edits[path].imports):
            text = f"its module sends it, and has `{', '.join(sorted(moved.taken))}`, which it needs: move that first"
            raise _FailedError(plan, Reason(text, plan.job.location))
        targets[file] = moved.module
        notes[id(plan)] = moved.notes
    owns = {path: plan.target.task.module.partition(".")[0] for plan in plans for path in plan.edits}
    texts = {path: finished(module, edits[path], owns[path]).code for path, module in modules.items()}
    return texts | {path: module.code for path, module in targets.items()}, notes
