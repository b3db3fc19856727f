"""The edits of the user's own files that take registrations out again, so that the files are as they were before."""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from trackwright_gen.project.env_script import env_in
from trackwright_gen.project.file_edit import FileEdit, checked
from trackwright_gen.project.import_reach import reach_of
from trackwright_gen.project.model import Project
from trackwright_gen.project.model_registration import exported_names
from trackwright_gen.project.original_form import in_original_form, parsed
from trackwright_gen.project.source_file import SourceFile, absolute_module
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.task_registration import app_home, set_up_in
from trackwright_gen.project.task_sources import TaskList, task_lists
from trackwright_gen.project.text_edits import Positions
from trackwright_gen.project.text_removals import (
    Removal,
    remove_all,
    remove_items,
    remove_names,
    remove_strings,
)

REASON = "registers what is there no more"


def deregistrations(
    tree: SourceTree, project: Project, modules: Collection[str], originals: Mapping[Path, str]
) -> tuple[FileEdit, ...]:
    """Edits that take modules out of where Alembic sees models and Celery finds tasks.

    What a file uses of a module besides naming it stays. `originals` are the files' texts before their first
    registration: a statement that means again what it meant then is written as it was then.

    Raises:
        ToolError: a file that env.py or the Celery app imports is no valid Python, or cannot be edited safely.
    """
    home, made = app_home(tree, project)
    set_up = set_up_in(tree, home, made)
    lists = task_lists(tree, set_up)
    env = env_in(tree, project.alembic.script_location)
    files = [*reach_of(tree, [env]).files, *set_up, *(one.source for one in lists)]
    own = {tree.paths.get(module) for module in modules}
    edits = [
        _edit(file, [one for one in lists if one.source.path == file.path], modules, originals.get(file.path))
        for file in {file.path: file for file in files}.values()
        if file.path not in own
    ]
    return tuple(edit for edit in edits if edit is not None)


def _edit(
    file: SourceFile, lists: Sequence[TaskList], modules: Collection[str], original: str | None
) -> FileEdit | None:
    positions = Positions(file.text)
    removals = [
        *_imports(file, positions, modules),
        *(removal for one in lists for removal in _entries(one, positions, modules, original)),
    ]
    if not removals:
        return None
    text = _ended_as(file.text, remove_all(file.text, removals), positions.newline)
    if original is not None:
        text = in_original_form(text, original)
    return checked(FileEdit(file.path, file.text, text, REASON))


def _ended_as(before: str, text: str, newline: str) -> str:
    """The text without the empty rows that what stood at its end was set apart by."""
    if before.endswith(newline * 2) or not text.endswith(newline * 2):
        return text
    return text.rstrip("\r\n") + newline


def _imports(file: SourceFile, positions: Positions, modules: Collection[str]) -> Iterator[Removal]:
    """Imports of the modules, or of names from them, that nothing in the file uses; with their place in __all__."""
    used = _used_names(file)
    dropped: set[str] = set()
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        gone = [
            alias
            for alias in node.names
            if not modules_of(file, node, alias).isdisjoint(modules) and _known_as(alias) not in used
        ]
        if gone:
            dropped |= {_known_as(alias) for alias in gone}
            yield from remove_names(positions, node, gone)
    exported = exported_names(file)
    if exported is not None:
        names = [item for item in exported.elts if _text(item) in dropped]
        if names:
            yield from remove_strings(positions, exported, names)


def modules_of(file: SourceFile, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> set[str]:
    """The modules that one name of an import may stand for or come from."""
    if isinstance(node, ast.Import):
        return {alias.name}
    module = absolute_module(file, node)
    return {module, f"{module}.{alias.name}"}


def _known_as(alias: ast.alias) -> str:
    """How a file speaks of what it imports; `import a.b` is spoken of as `a.b`, not as `a` alone."""
    return alias.asname or alias.name


def _used_names(file: SourceFile) -> set[str]:
    return {
        ast.unparse(node)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


def _entries(
    one: TaskList, positions: Positions, modules: Collection[str], original: str | None
) -> list[Removal]:
    """Take modules out of a list of Celery's; with the argument that holds it, where registering added that."""
    entries = {one.entry_for(module) for module in modules}
    gone = [item for item in one.literal.elts if _text(item) in entries]
    if not gone:
        return []
    call = _includes(one) if len(gone) == len(one.literal.elts) else None
    if call is not None and _was_added(one, positions, original):
        arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        arguments.sort(key=positions.start)
        added = [argument for argument in call.keywords if argument.value is one.literal]
        if len(arguments) > 1:
            return remove_items(positions, arguments, added)
        return [Removal(positions.end(call.func) + 1, positions.end(call) - 1)]
    return remove_strings(positions, one.literal, gone)


def _includes(one: TaskList) -> ast.Call | None:
    """The call that has the list as its `include`."""
    for node in ast.walk(one.source.tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "include" and keyword.value is one.literal:
                    return node
    return None


def _was_added(one: TaskList, positions: Positions, original: str | None) -> bool:
    """Whether there was no `include` before: the original says so, else its form does, in one row."""
    if original is not None:
        return not any(
            isinstance(node, ast.keyword) and node.arg == "include" for node in ast.walk(parsed(original))
        )
    return "\n" not in positions.text[positions.start(one.literal) : positions.end(one.literal)]


def _text(item: ast.expr) -> str | None:
    return item.value if isinstance(item, ast.Constant) and isinstance(item.value, str) else None
