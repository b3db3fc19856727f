"""A planned task's body into its domain's module."""

from dataclasses import dataclass, replace

import libcst as cst

from trackwright_gen.codemods.task.file_edits import function_named
from trackwright_gen.codemods.task.function import with_body, with_imports
from trackwright_gen.codemods.task.left_alone import CannotRewriteError, Reason
from trackwright_gen.codemods.task.rewriting import TaskPlan
from trackwright_gen.codemods.task.session_lines import NeedsOwnSessionError
from trackwright_gen.codemods.task.session_use import who_may_end_it
from trackwright_gen.source.project import SourceProject


@dataclass(frozen=True, slots=True)
class Moved:
    """The generated module with the body in it, and what it takes from the module of old."""

    module: cst.Module
    taken: set[str]
    notes: list[Reason]


def move_body(project: SourceProject, plan: TaskPlan, old: cst.Module, target_module: cst.Module) -> Moved:
    """Write the body into the generated module: on `run.session` where that is safe, else on its own session.

    Raises:
        CannotRewriteError: it has no safe counterpart.
    """
    body_scope = plan.job.declaration.body
    assert body_scope is not None  # noqa: S101 -- it is a function
    function = function_named(old, body_scope.name)
    if function is None:
        raise CannotRewriteError("it is not at the top of its module", plan.job.location)
    notes: list[Reason] = []
    try:
        changed, body = with_body(target_module, plan.target, function, plan.facts)
        ended = who_may_end_it(project, body_scope, body.sessions)
        if ended is not None:
            name, row = ended
            raise NeedsOwnSessionError(f"`{name}` at line {row} may end its transaction")  # noqa: TRY301 -- one way back
    except NeedsOwnSessionError as reason:
        notes.append(
            Reason(
                f"it keeps a session of its own, so effect and status commit apart: {reason}",
                plan.job.location,
            )
        )
        own = replace(plan.facts, own_session=True)
        changed, body = with_body(target_module, plan.target, function, own)
    is_package = body_scope.module.is_package
    module, taken = with_imports(
        changed, plan.target, old=old, old_name=body_scope.module.name, is_package=is_package, body=body
    )
    return Moved(module, taken, notes)
