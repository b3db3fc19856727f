"""The edits of the user's own files that make generated models and tasks known."""

from collections.abc import Sequence

from trackwright_gen.project.file_edit import FileEdit, checked, joined
from trackwright_gen.project.model import ObjectName, Project
from trackwright_gen.project.model_registration import register_models
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.task_registration import register_tasks

__all__ = ["FileEdit", "registrations"]


def registrations(
    project: Project,
    *,
    models: Sequence[ObjectName],
    task_modules: Sequence[str],
    tree: SourceTree | None = None,
) -> tuple[FileEdit, ...]:
    """Edits that let Alembic see models and Celery find task modules; none for those already known.

    Nothing is written. The modules need not exist yet. At most one edit per file, made on the tree's text.

    Raises:
        ToolError: a place cannot be found or edited safely.
    """
    tree = tree or SourceTree(project.root, project.source_root)
    edits: list[FileEdit] = []
    if models and (edit := register_models(tree, project, models)):
        edits.append(checked(edit))
        tree = tree.with_text(edit.path, edit.new_text)
    if task_modules and (edit := register_tasks(tree, project, task_modules)):
        edits.append(checked(edit))
    return joined(edits)
