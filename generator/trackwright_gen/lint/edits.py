"""Edits as rules write them: by the nodes of a module's tree."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from trackwright_gen.diagnostics import Edit
from trackwright_gen.location import Location
from trackwright_gen.source.scopes import Imported, Module

Node = ast.stmt | ast.expr | ast.alias


def replace(module: Module, node: Node, content: str) -> Edit:
    """Put a text in a node's place."""
    return Edit(module.location(node), content)


def insert_before(module: Module, node: Node, content: str) -> Edit:
    """Put a text in front of a node."""
    place = module.location(node)
    return Edit(_point(module, place.row, place.column), content)


def insert_after(module: Module, node: Node, content: str) -> Edit:
    """Put a text directly behind a node."""
    place = module.location(node)
    return Edit(_point(module, place.end_row or place.row, place.end_column or place.column), content)


def insert_rows(module: Module, row: int, rows: Sequence[str]) -> Edit:
    """Put whole rows above a row; behind the file's last row too."""
    text = "".join(f"{each}\n" for each in rows)
    last = len(module.lines)
    if row <= last:
        return Edit(_point(module, row, 1), text)
    end = len(module.lines[-1]) + 1
    return Edit(_point(module, last, end), f"\n{text}" if end > 1 else text)


def delete_rows(module: Module, first: int, last: int) -> Edit:
    """Take whole rows away, with their line ends."""
    if last < len(module.lines):
        return Edit(Location(module.path, first, 1, last + 1, 1), "")
    return Edit(Location(module.path, first, 1, last, len(module.lines[last - 1]) + 1), "")


@dataclass(frozen=True, slots=True)
class Available:
    """A name that an edited file can use, and the edits that see to it."""

    name: str
    edits: tuple[Edit, ...]


def make_available(module: Module, package: str, name: str) -> Available | None:
    """Have `from package import name` at the top of a module; None where the name means something else there."""
    wanted = Imported(package, name)
    for bound, bindings in module.scope.bindings.items():
        if bindings == [wanted]:
            return Available(bound, ())
    if any(name in scope.bindings for scope in module.scope.walk()):
        return None
    return Available(
        name, (insert_rows(module, _import_row(module, package), [f"from {package} import {name}"]),)
    )


def _import_row(module: Module, package: str) -> int:
    """In front of an import from the same package, else behind the imports at the head of the file."""
    body = module.scope.node.body if isinstance(module.scope.node, ast.Module) else []
    row = 1
    for position, statement in enumerate(body):
        is_docstring = position == 0 and isinstance(statement, ast.Expr) and _is_text(statement.value)
        if not is_docstring and not isinstance(statement, ast.Import | ast.ImportFrom):
            return row if row > 1 else _first_row(statement)
        if isinstance(statement, ast.ImportFrom) and statement.module == package and not statement.level:
            return statement.lineno
        row = (statement.end_lineno or statement.lineno) + 1
    return row


def _is_text(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Constant) and isinstance(expression.value, str)


def _first_row(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _point(module: Module, row: int, column: int) -> Location:
    return Location(module.path, row, column, row, column)
