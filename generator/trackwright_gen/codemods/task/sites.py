"""What one function outside of the task does with the task and its rows, as `ast` shows it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.lint.ancestry import ancestors, statement_of
from trackwright_gen.location import Location
from trackwright_gen.source.scopes import Scope

_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(frozen=True, slots=True)
class Site:
    """A statement, the block it stands in and its place there."""

    scope: Scope
    statement: ast.stmt
    block: list[ast.stmt]
    position: int

    @property
    def rest(self) -> list[ast.stmt]:
        """The statements behind it in its block."""
        return self.block[self.position + 1 :]

    @property
    def location(self) -> Location:
        """Where it stands."""
        return self.scope.module.location(self.statement)

    def cannot(self, text: str) -> CannotRewriteError:
        """Why it is left alone."""
        return CannotRewriteError(text, self.location)


def site_of(scope: Scope, node: ast.AST) -> Site:
    """The statement around a node.

    Raises:
        CannotRewriteError: it shares its row with another statement.
    """
    module = scope.module
    statement = statement_of(module, node)
    outer = next(ancestors(module, statement), module.scope.node)
    blocks: list[list[ast.stmt]] = [getattr(outer, name, []) for name in _BLOCKS]
    block = next(each for each in blocks if statement in each)
    found = Site(scope, statement, block, block.index(statement))
    if any(other is not statement and other.lineno == statement.lineno for other in block):
        raise found.cannot("it shares its line with another statement")
    return found


def method_call(statement: ast.stmt) -> tuple[str, str, ast.Call] | None:
    """Receiver, method and call of `db.commit()`."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=name)) as call):
            return ast.unparse(owner), name, call
        case _:
            return None


def is_commit(statement: ast.stmt) -> bool:
    """True for `db.commit()`."""
    found = method_call(statement)
    return found is not None and found[1] == "commit"


def uses_of(name: str, node: ast.AST) -> Iterator[ast.Name]:
    """Where a variable is read or bound."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id == name:
            yield each


def bare(value: ast.expr) -> ast.expr:
    """An expression without the text conversion around it: `str(order_id)` is about `order_id`."""
    match value:
        case ast.Call(func=ast.Name(id="str" | "int"), args=[inner], keywords=[]):
            return inner
        case _:
            return value
