"""Functions that look up a legacy row of one kind by its id: they read the tracking row, under the names of old."""

import ast

from trackwright_gen.codemods.sightings import KINDS, Sighting
from trackwright_gen.codemods.task.file_edits import FileEdits
from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.codemods.task.sites import site_of
from trackwright_gen.codemods.task.target import Target
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope

_ONE = frozenset({"first", "one_or_none", "scalar", "scalar_one_or_none"})


def lookup_edits(
    project: SourceProject, sighting: Sighting, target: Target, texts: tuple[str, ...]
) -> FileEdits:
    """Plan the edits of a function that reads rows and makes none.

    Raises:
        CannotRewriteError: it does more than look up rows by their id, or writes to them.
    """
    if sighting.written:
        raise CannotRewriteError(
            f"{sighting.scope.qualname} writes to rows of the task", sighting.written[0].location
        )
    edits = FileEdits()
    scopes = tuple(sighting.scope.walk())
    for scope in scopes:
        for use in scope.module.uses:
            if use.scope is scope and use.role == "value":
                part = project.models.legacy_part(use.expression, scope)
                if part is not None and use.statement.lineno not in edits.statements:
                    _one(project, scope, use.expression, edits, (target, texts))
    return edits


def _one(
    project: SourceProject,
    scope: Scope,
    node: ast.expr,
    edits: FileEdits,
    meant: tuple[Target, tuple[str, ...]],
) -> None:
    site = site_of(scope, node)
    target, texts = meant
    row, found = "", None
    match site.statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            row, found = name, _lookup(project, scope, value)
        case ast.Return(value=ast.expr() as value):
            found = _lookup(project, scope, value)
        case _:
            pass
    if found is None:
        raise site.cannot("it reads rows of the task by more than their id")
    session, key = found
    names = ", ".join(f'"{name}"' for name in texts)
    more = f", texts=({names},)" if texts else ""
    view = f"legacy_view({target.crud.name}().get_by_any_id({session}, {key}){more})"
    edits.statements[site.statement.lineno] = [f"{row} = {view}" if row else f"return {view}"]
    edits.imports |= {("trackwright.legacy", "legacy_view"), (target.crud.module, target.crud.name)}


def _lookup(project: SourceProject, scope: Scope, value: ast.expr) -> tuple[str, str] | None:
    """Session and key of `db.get(Model, key)` and `db.query(Model).filter(...).first()`."""
    match value:
        case ast.Call(func=ast.Attribute(value=session, attr="get"), args=[model, key], keywords=[]) if (
            project.models.legacy_part(model, scope) is model
        ):
            return ast.unparse(session), ast.unparse(key)
        case ast.Call(func=ast.Attribute(value=chain, attr=last), args=[], keywords=[]) if last in _ONE:
            return _chain(project, scope, chain)
        case ast.Call(func=ast.Attribute(value=session, attr="scalar"), args=[query]):
            asked = _filters(project, scope, query)
            return (ast.unparse(session), asked) if asked else None
        case _:
            return None


def _chain(project: SourceProject, scope: Scope, chain: ast.expr) -> tuple[str, str] | None:
    """`db.query(Model).filter(...)`, `db.execute(select(Model).where(...))`, `db.scalars(...)`."""
    root = chain
    while isinstance(root, ast.Call) and isinstance(root.func, ast.Attribute):
        if root.func.attr in {"query", "execute", "scalars"}:
            query = chain if root.func.attr == "query" else root.args[0] if root.args else chain
            key = _filters(project, scope, query)
            return (ast.unparse(root.func.value), key) if key else None
        root = root.func.value
    return None


def _filters(project: SourceProject, scope: Scope, query: ast.expr) -> str | None:
    """The key that a query asks for; None if it asks for anything but the key and the kind."""
    asked: dict[str, str] = {}
    inner = query
    while isinstance(inner, ast.Call):
        name = inner.func.attr if isinstance(inner.func, ast.Attribute) else ast.unparse(inner.func)
        if name in {"query", "select"}:
            is_model = (
                len(inner.args) == 1 and project.models.legacy_part(inner.args[0], scope) is inner.args[0]
            )
            is_plain = asked.keys() <= {"id", *KINDS}
            return asked.get("id") if is_model and is_plain else None
        if name not in {"filter", "where", "filter_by"} or not isinstance(inner.func, ast.Attribute):
            return None
        asked |= {each.arg or "": ast.unparse(each.value) for each in inner.keywords}
        asked |= dict(_compared(each) for each in inner.args)
        inner = inner.func.value
    return None


def _compared(condition: ast.expr) -> tuple[str, str]:
    """Column and value of `Model.column == value`; no column for any other condition."""
    match condition:
        case ast.Compare(left=ast.Attribute(attr=column), ops=[ast.Eq()], comparators=[value]):
            return column, ast.unparse(value)
        case _:
            return "", ""
