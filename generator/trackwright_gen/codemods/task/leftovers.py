"""What must not be left of the legacy row in a rewritten body: whatever was not understood is found here."""

from collections.abc import Collection

import libcst as cst

from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.codemods.task.tree import Statements, code, mentions

_PARTS = (cst.BaseStatement, cst.BaseSuite, cst.ExceptHandler, cst.Finally, cst.Else)


def refuse_leftovers(statements: Statements, facts: Facts, rows: Collection[str]) -> None:
    """Refuse a body that still mentions the row, its model or `self`.

    Raises:
        CannotRewriteError: it does; with the statement.
    """
    gone = {*rows, *(name.partition(".")[0] for name in facts.model_names)}
    if facts.self_name:
        gone.add(facts.self_name)
    for statement in statements:
        if mentions(statement, gone):
            written = " ".join(code(_smallest(statement, gone)).split())
            raise CannotRewriteError(f"`{written}` has no counterpart on a tracking row", facts.location)


def _smallest(node: cst.CSTNode, names: set[str]) -> cst.CSTNode:
    """The innermost statement that mentions a name."""
    for child in node.children:
        if isinstance(child, _PARTS) and mentions(child, names):
            return _smallest(child, names)
    return node


def asks_for_row(test: cst.BaseExpression, rows: Collection[str]) -> bool | None:
    """True for `row is None` and `not row`, False for the reverse, None for other tests."""
    written = code(test)
    for row in rows:
        if written in {f"not {row}", f"{row} is None", f"{row} == None"}:
            return True
        if written in {row, f"{row} is not None", f"{row} != None"}:
            return False
    return None
