"""env.py's `transaction_per_migration=True`, which revisions of more than one transaction need."""

import ast
from collections.abc import Iterator

from trackwright_gen.project.file_edit import FileEdit, checked
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.text_edits import Positions, insert_all, insert_items

OPTION = "transaction_per_migration"


def transaction_edit(env: SourceFile) -> FileEdit | None:
    """The edit that commits each migration by itself; None where every `configure` says something of it.

    Raises:
        ToolError: env.py cannot be edited safely.
    """
    positions = Positions(env.text)
    insertions = [
        insertion
        for call in _calls_without(env)
        for insertion in insert_items(
            positions, _arguments(positions, call), [f"{OPTION}=True"], close=positions.end(call) - 1
        )
    ]
    if not insertions:
        return None
    reason = "commits each migration by itself"
    return checked(FileEdit(env.path, env.text, insert_all(env.text, insertions), reason))


def _calls_without(env: SourceFile) -> Iterator[ast.Call]:
    for node in ast.walk(env.tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="configure", value=ast.Name(id="context")), keywords=keywords
            ):
                # `**options` may hold it already; setting it twice would be an error.
                if not any(keyword.arg in {None, OPTION} for keyword in keywords):
                    yield node
            case _:
                continue


def _arguments(positions: Positions, call: ast.Call) -> list[ast.expr | ast.keyword]:
    arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    return sorted(arguments, key=positions.start)
