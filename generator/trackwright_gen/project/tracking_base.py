"""The project's own abstract base of tracking tables, written once where it is missing."""

from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.project.model import Project
from trackwright_gen.project.source_tree import SourceTree

TEMPLATE = '''"""The base of this project's task tracking tables."""

from trackwright import TaskTrackingMixin

from {module} import {base}


class {name}(TaskTrackingMixin, {base}):{ignore}
    """Columns, indexes and constraints that every tracking table has."""

    __abstract__ = True
'''


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be written where there is none."""

    path: Path
    text: str


def missing_tracking_base(project: Project) -> NewFile | None:
    """The file of the project's BaseTaskTracking; None where the project has the class already."""
    tree = SourceTree(project.root, project.source_root)
    name = project.tracking_base
    existing = tree.file(name.module)
    if existing is not None and existing.binds(name.name):
        return None
    return tracking_base_file(tree, project)


def tracking_base_file(tree: SourceTree, project: Project) -> NewFile:
    """The file of the project's BaseTaskTracking as it is written where it is missing."""
    name = project.tracking_base
    base = tree.source_of(project.base)
    # What declarative_base() returns is Any to type checkers, and mypy strict minds subclassing that.
    is_class = base is None or project.base.name in base.classes or project.base.name in base.imported
    text = TEMPLATE.format(
        module=project.base.module,
        base=project.base.name,
        name=name.name,
        ignore="" if is_class else "  # type: ignore[misc]  # its base is made by a call, so mypy sees Any",
    )
    path = project.source_root.joinpath(*name.module.split(".")).with_suffix(".py")
    return NewFile(path, text)
