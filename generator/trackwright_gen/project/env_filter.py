"""env.py's `include_object`, which tells Alembic that the old name of an adopted table is no table to make."""

import ast
from collections.abc import Iterable

from trackwright_gen.errors import ToolError
from trackwright_gen.project.env_edit import argument_insertions, configure_calls
from trackwright_gen.project.env_script import read_env
from trackwright_gen.project.file_edit import FileEdit, checked
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.project.new_imports import NewImport, import_insertions
from trackwright_gen.project.original_form import in_original_form
from trackwright_gen.project.source_file import SourceFile, parse_text
from trackwright_gen.project.text_edits import Positions, insert_all
from trackwright_gen.project.text_removals import remove_all, remove_items, remove_names

_MODULE, _NAME = "trackwright.adopted", "include_object"
_NEIGHBOURS = frozenset({"alembic", "sqlalchemy", "trackwright"})


def filter_edit(home: AlembicHome, edits: Iterable[FileEdit] = ()) -> FileEdit | None:
    """The edit that lets env.py ask trackwright about old names, made on what other edits leave of it.

    None where it does already.

    Raises:
        ToolError: env.py has an `include_object` of its own, or cannot be edited safely.
    """
    env = read_env(home.script_location)
    for edit in edits:
        if edit.path == env.path:
            env = parse_text(env.path, env.module, edit.new_text)
    if any(line.module == _MODULE for line in env.import_lines):
        return None
    calls = list(configure_calls(env))
    for call in calls:
        _refuse_own(env, call)
    import_ = import_insertions(
        env,
        [NewImport(_MODULE, _NAME)],
        is_neighbour=lambda line: line.module.partition(".")[0] in _NEIGHBOURS,
        is_exported=True,
    )
    insertions = [*import_, *argument_insertions(env, calls, f"{_NAME}={_NAME}")]
    reason = "lets Alembic leave adopted tables' old names alone"
    return checked(FileEdit(env.path, env.text, insert_all(env.text, insertions), reason))


def filter_removal(home: AlembicHome, edits: Iterable[FileEdit], original: str | None) -> FileEdit | None:
    """The edit that takes ours out of env.py again; None where it is not there, or asked by a filter of its own.

    Raises:
        ToolError: env.py cannot be edited safely.
    """
    env = read_env(home.script_location)
    for edit in edits:
        if edit.path == env.path:
            env = parse_text(env.path, env.module, edit.new_text)
    arguments = [
        (call, keyword)
        for call in configure_calls(env)
        for keyword in call.keywords
        if keyword.arg == _NAME and isinstance(keyword.value, ast.Name) and keyword.value.id == _NAME
    ]
    used = [node for node in ast.walk(env.tree) if isinstance(node, ast.Name) and node.id == _NAME]
    lines = [line.node for line in env.import_lines if line.module == _MODULE]
    if len(used) != len(arguments) or not lines:
        return None
    positions = Positions(env.text)
    removals = [one for node in lines for one in remove_names(positions, node, node.names)]
    for call, keyword in arguments:
        items: list[ast.expr | ast.keyword] = sorted([*call.args, *call.keywords], key=positions.start)
        removals += remove_items(positions, items, [keyword])
    text = remove_all(env.text, removals)
    text = text if original is None else in_original_form(text, original)
    return checked(FileEdit(env.path, env.text, text, "asks for adopted tables that are there no more"))


def _refuse_own(env: SourceFile, call: ast.Call) -> None:
    if any(keyword.arg in {None, _NAME} for keyword in call.keywords):
        raise ToolError(
            "Alembic must leave the old name of an adopted table alone, and env.py has a filter of its own",
            at=env.at(call),
            hint=f"let it ask ours too: from {_MODULE} import {_NAME}, and return "
            f"{_NAME}(object, name, type_, reflected, compare_to) and what it returns now",
        )
