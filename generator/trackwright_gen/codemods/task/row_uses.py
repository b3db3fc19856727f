"""What a function does with a row that it has made: its id is known, all else is told by what reads it anew."""

import ast
from dataclasses import dataclass

from trackwright_gen.codemods.task.file_edits import FileEdits
from trackwright_gen.codemods.task.sites import Site, is_commit, method_call, uses_of

_VIEW = "legacy_view("


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that is enqueued now.

    Attributes:
        site: where it was made.
        row: the variable that held it.
        name: the variable that holds its id now.
        told: the expression that reads it anew.
    """

    site: Site
    row: str
    name: str
    told: str


def follow_row(new: NewRow, sending: ast.stmt, edits: FileEdits) -> None:
    """Plan the edits of all that is done with the row behind the statement that makes it.

    Raises:
        CannotRewriteError: something has no counterpart.
    """
    needs_view = _needs_view(new, sending, edits)
    refresh = _without_session_calls(new, sending, edits)
    place = _read_anew(new, refresh, edits) if needs_view else None
    last = place - 1 if place is not None else (new.site.block[-1].end_lineno or 10**9)
    edits.expressions.append((new.site.statement.lineno, last, f"{new.row}.id", new.name))


def _without_session_calls(new: NewRow, sending: ast.stmt, edits: FileEdits) -> int | None:
    """Take away `add` and `refresh`; the row of the latter."""
    refresh: int | None = None
    for statement in new.site.rest:
        found = method_call(statement)
        if statement is sending or statement.lineno in edits.statements or found is None:
            continue
        receiver, method, call = found
        if call.args and ast.unparse(call.args[0]) == new.row:
            if method not in {"add", "refresh"}:
                raise new.site.cannot(f"the new row is given to `{receiver}.{method}`")
            edits.statements[statement.lineno] = []
            refresh = statement.lineno if method == "refresh" else refresh
    return refresh


def _read_anew(new: NewRow, refresh: int | None, edits: FileEdits) -> int:
    """Read the row where it was refreshed, else behind the commit."""
    shown = f"{new.row} = {new.told}"
    commit = next((each for each in new.site.rest if is_commit(each)), None)
    if refresh is not None:
        edits.statements[refresh] = [shown]
    elif commit is not None:
        edits.statements[commit.lineno] = [ast.unparse(commit), shown]
    else:
        raise new.site.cannot("the row is answered with, and is not committed here")
    if new.told.startswith(_VIEW):
        edits.imports.add(("trackwright.legacy", "legacy_view"))
    return refresh or (commit.lineno if commit is not None else 0)


def _needs_view(new: NewRow, sending: ast.stmt, edits: FileEdits) -> bool:
    """Whether more than the id is read afterwards; assignments of Celery's id fall away here."""
    site, row = new.site, new.row
    needs = False
    function = site.scope.node
    for position, statement in enumerate(site.rest):
        if statement is sending:
            continue
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner), attr=column)]) if owner == row:
                if column not in {"celery_task_id", "task_id"}:
                    raise site.cannot(f"it assigns `{row}.{column}` after the row was made")
                edits.statements[statement.lineno] = []
                following = site.rest[position + 1 : position + 2]
                if following and is_commit(following[0]):
                    edits.statements[following[0].lineno] = []
                continue
            case _:
                pass
        found = method_call(statement)
        if found is not None and found[1] in {"add", "refresh"}:
            continue
        for use in uses_of(row, statement):
            needs = needs or not _is_id(use, statement)
    outside = [
        use
        for use in uses_of(row, function)
        if not any(use in set(uses_of(row, each)) for each in (site.statement, *site.rest))
    ]
    if outside:
        raise site.cannot(f"`{row}` is used outside of the block that makes it")
    return needs


def _is_id(use: ast.Name, statement: ast.stmt) -> bool:
    return any(
        isinstance(each, ast.Attribute) and each.value is use and each.attr == "id"
        for each in ast.walk(statement)
    )
