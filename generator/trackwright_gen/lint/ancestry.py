"""What a node stands in: the statements, blocks and branches around it."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from trackwright_gen.source.scopes import FunctionNode, Module

Block = list[ast.stmt]
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@lru_cache(maxsize=4)
def _parents(module: Module) -> dict[ast.AST, ast.AST]:
    return {child: parent for parent in ast.walk(module.scope.node) for child in ast.iter_child_nodes(parent)}


def ancestors(module: Module, node: ast.AST) -> Iterator[ast.AST]:
    """What a node stands in, nearest first, up to and including the function around it."""
    parents = _parents(module)
    inner: ast.AST | None = parents.get(node)
    while inner is not None:
        yield inner
        if isinstance(inner, FunctionNode):
            return
        inner = parents.get(inner)


def statement_of(module: Module, node: ast.AST) -> ast.stmt:
    """The statement that a node belongs to, or is."""
    parents = _parents(module)
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return node


def rows_of(module: Module, node: ast.AST) -> tuple[int, int]:
    """The rows of the simple statement around a node; of the node's own row under `if`, `for`, `with`."""
    statement = statement_of(module, node)
    first = statement if not hasattr(statement, "body") else node
    row = getattr(first, "lineno", statement.lineno)
    return row, getattr(first, "end_lineno", None) or row


def is_before(module: Module, one: ast.AST, other: ast.AST) -> bool:
    """True if one node is surely run before another: an earlier statement of a block that both are in."""
    first = [*_line(module, one)]
    second = [*_line(module, other)]
    for block, position in first:
        for other_block, other_position in second:
            if block is other_block:
                return position < other_position
    return False


def _line(module: Module, node: ast.AST) -> Iterator[tuple[Block, int]]:
    """The blocks around a node, nearest first, and which of their statements leads to it."""
    inner = statement_of(module, node)
    for outer in ancestors(module, inner):
        for name in _BLOCKS:
            block = getattr(outer, name, None)
            if isinstance(block, list) and inner in block:
                yield block, block.index(inner)
        if isinstance(outer, ast.stmt | ast.ExceptHandler | ast.match_case):
            inner = outer  # type: ignore[assignment]
