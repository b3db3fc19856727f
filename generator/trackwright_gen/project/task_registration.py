"""Where a new task module is named so that the project's Celery app imports it."""

import ast
from collections.abc import Sequence

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.project.file_edit import FileEdit
from trackwright_gen.project.import_reach import mentioned, reach_of
from trackwright_gen.project.model import Project
from trackwright_gen.project.model_registration import module_import
from trackwright_gen.project.new_imports import import_insertions
from trackwright_gen.project.source_file import ImportLine, SourceFile
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.task_sources import TaskList, construction, settings_modules, task_lists
from trackwright_gen.project.text_edits import Insertion, Positions, insert_all, insert_items, insert_strings

REASON = "names the task module, so that Celery imports it"
DECORATORS = frozenset({"task", "shared_task", "tracked_task", "periodic_task"})


def register_tasks(tree: SourceTree, project: Project, modules: Sequence[str]) -> FileEdit | None:
    """Name task modules where the Celery app finds its others; None where it finds all of them already.

    Raises:
        ToolError: the source does not show how the app is made, or a file on the way is no valid Python.
    """
    home, made = app_home(tree, project)
    sources = set_up_in(tree, home, made)
    lists = task_lists(tree, sources)
    named = [module for one in lists for module in one.modules]
    reach = reach_of(tree, [home], also=named)
    missing = [module for module in dict.fromkeys(modules) if not reach.covers(module)]
    if not missing:
        return None
    found = _named_in_list(lists, missing) or _imported(tree, home, missing)
    return found or _included(made, home, missing, project.celery.name)


def app_home(tree: SourceTree, project: Project) -> tuple[SourceFile, tuple[SourceFile, ast.Call] | None]:
    """The file that holds the Celery app, and the call that makes it with the file where that stands.

    Raises:
        ToolError: the app is in no module of the project.
    """
    app = tree.member(project.celery.module, project.celery.name) or project.celery
    home = tree.source_of(app)
    if home is None:
        raise ToolError(f"the Celery app {app} is in no module of the project", at=Location(project.root))
    return home, construction(tree, app)


def set_up_in(
    tree: SourceTree, home: SourceFile, made: tuple[SourceFile, ast.Call] | None
) -> tuple[SourceFile, ...]:
    """The files that make an app and set it up, its settings modules included."""
    files = {file.module: file for file in (home, made[0] if made else home)}
    for file in tuple(files.values()):
        files |= {settings.module: settings for settings in settings_modules(tree, file)}
    return tuple(files.values())


def _named_in_list(lists: Sequence[TaskList], missing: Sequence[str]) -> FileEdit | None:
    # Of a dotted related name Celery wants the package too, in every package of the list.
    fitting = [one for one in lists if "." not in (one.related_name or "")]
    chosen = next((one for one in fitting if one.literal.elts), next(iter(fitting), None))
    if chosen is None:
        return None
    entries = [chosen.entry_for(module) for module in missing]
    return _edit(chosen.source, insert_strings(Positions(chosen.source.text), chosen.literal, entries))


def _imported(tree: SourceTree, home: SourceFile, missing: Sequence[str]) -> FileEdit | None:
    """Import the modules where the app's own module imports task modules."""

    def is_neighbour(line: ImportLine) -> bool:
        files = (tree.file(name) for name in mentioned(line))
        return line.at_top and any(
            file is not None and file is not home and _has_tasks(file) for file in files
        )

    if not any(is_neighbour(line) for line in home.import_lines):
        return None
    new = [module_import(module, home) for module in missing]
    return _edit(home, import_insertions(home, new, is_neighbour=is_neighbour))


def _has_tasks(source: SourceFile) -> bool:
    decorators = (
        decorator for function in source.functions.values() for decorator in function.decorator_list
    )
    called = (item.func if isinstance(item, ast.Call) else item for item in decorators)
    return any(
        (isinstance(item, ast.Attribute) and item.attr in DECORATORS)
        or (isinstance(item, ast.Name) and item.id in DECORATORS)
        for item in called
    )


def _included(
    made: tuple[SourceFile, ast.Call] | None, home: SourceFile, missing: Sequence[str], app: str
) -> FileEdit:
    """Give the call that makes the app an `include`."""
    listed = ", ".join(f'"{module}"' for module in sorted(missing))
    has_own = made is not None and any(keyword.arg == "include" for keyword in made[1].keywords)
    if made is None or has_own:
        row = home.assigned.get(app)
        raise ToolError(
            f"how the Celery app learns its task modules cannot be read, so {listed} cannot be added",
            at=home.at(made[1]) if made else Location(home.path) if row is None else home.at(row),
            hint=f"name them there by hand: include=[{listed}]"
            if made
            else f"give it a list that they can be added to, in the lines after that: {app}.conf.imports = []",
        )
    source, call = made
    positions = Positions(source.text)
    items: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    items.sort(key=positions.start)
    return _edit(
        source, insert_items(positions, items, [f"include=[{listed}]"], close=positions.end(call) - 1)
    )


def _edit(source: SourceFile, insertions: Sequence[Insertion]) -> FileEdit:
    return FileEdit(source.path, source.text, insert_all(source.text, insertions), REASON)
