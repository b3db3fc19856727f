"""env.py's `transaction_per_migration=True`, which revisions of more than one transaction need."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.project.env_script import read_env
from trackwright_gen.project.file_edit import FileEdit, checked
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.text_edits import Insertion, Positions, insert_all, insert_items

OPTION = "transaction_per_migration"


def transaction_edit(env: SourceFile) -> FileEdit | None:
    """The edit that commits each migration by itself; None where every `configure` says something of it.

    Raises:
        ToolError: env.py cannot be edited safely.
    """
    insertions = argument_insertions(env, _calls_without(env), f"{OPTION}=True")
    if not insertions:
        return None
    reason = "commits each migration by itself"
    return checked(FileEdit(env.path, env.text, insert_all(env.text, insertions), reason))


def argument_insertions(env: SourceFile, calls: Iterable[ast.Call], argument: str) -> list[Insertion]:
    """Insertions that give each of the calls one argument more."""
    positions = Positions(env.text)
    return [
        insertion
        for call in calls
        for insertion in insert_items(
            positions, _arguments(positions, call), [argument], close=positions.end(call) - 1
        )
    ]


def require_own_transactions(script_location: Path, table: str) -> None:
    """Hold env.py to a transaction per revision.

    Raises:
        ToolError: a `configure` in it lacks the option or denies it, or env.py cannot be read.
    """
    env = read_env(script_location)
    for call in (*_calls_without(env), *_calls_denying(env)):
        raise ToolError(
            f"{table} changes without being locked, in several transactions, but all revisions share one here",
            at=env.at(call),
            hint="`trackwright init --transaction-per-migration` adds the option where nothing is said of it; "
            f"or write {OPTION}=True here",
        )


def _calls_without(env: SourceFile) -> Iterator[ast.Call]:
    # `**options` may hold it already; setting it twice would be an error.
    for call in configure_calls(env):
        if not any(keyword.arg in {None, OPTION} for keyword in call.keywords):
            yield call


def _calls_denying(env: SourceFile) -> Iterator[ast.Call]:
    for call in configure_calls(env):
        for keyword in call.keywords:
            match keyword:
                case ast.keyword(arg=name, value=ast.Constant(value=False | None)) if name == OPTION:
                    yield call
                case _:
                    continue


def configure_calls(env: SourceFile) -> Iterator[ast.Call]:
    """Every `context.configure(...)`."""
    for node in ast.walk(env.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="configure", value=ast.Name(id="context"))):
                yield node
            case _:
                continue


def _arguments(positions: Positions, call: ast.Call) -> list[ast.expr | ast.keyword]:
    arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    return sorted(arguments, key=positions.start)
