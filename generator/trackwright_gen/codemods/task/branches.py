"""Statements put together again after their blocks were rewritten: what is empty goes, comments stay."""

from collections.abc import Sequence

import libcst as cst

from trackwright_gen.codemods.task.tree import Statements, code, line, nodes, with_block


def rebuilt_if(
    statement: cst.If, test: cst.BaseExpression, body: Statements, orelse: Statements
) -> list[cst.BaseStatement]:
    """An `if` with other branches; nothing where both are empty and the test has no effect."""
    if not body and not orelse:
        has_effects = any(isinstance(each, cst.Call) for each in nodes(test))
        return [line(code(test))] if has_effects else []
    new = statement.with_changes(test=test, body=with_block(statement.body, body))
    if not orelse:
        return [new.with_changes(orelse=None)]
    if isinstance(statement.orelse, cst.If) and len(orelse) == 1 and isinstance(orelse[0], cst.If):
        return [new.with_changes(orelse=orelse[0])]
    old = statement.orelse if isinstance(statement.orelse, cst.Else) else cst.Else(cst.IndentedBlock([]))
    return [new.with_changes(orelse=old.with_changes(body=with_block(old.body, orelse)))]


def rebuilt_try(
    statement: cst.Try,
    body: Statements,
    handlers: Sequence[cst.ExceptHandler],
    *,
    orelse: Statements,
    final: Statements,
) -> list[cst.BaseStatement]:
    """A `try` with other parts; its body alone where no handler and no `finally` is left."""
    if not handlers and not final:
        return [*_with_leading(body, statement.leading_lines), *orelse]
    if not handlers:
        body, orelse = [*body, *orelse], []
    else_, finally_ = statement.orelse, statement.finalbody
    new = statement.with_changes(
        body=with_block(statement.body, body),
        handlers=handlers,
        orelse=else_.with_changes(body=with_block(else_.body, orelse)) if else_ and orelse else None,
        finalbody=finally_.with_changes(body=with_block(finally_.body, final))
        if finally_ and final
        else None,
    )
    return [new]


def _with_leading(statements: Statements, leading: Sequence[cst.EmptyLine]) -> list[cst.BaseStatement]:
    """Statements with the comments that stood above the `try` around them."""
    if not statements or not any(each.comment for each in leading):
        return list(statements)
    first = statements[0]
    lines = getattr(first, "leading_lines", ())
    return [first.with_changes(leading_lines=[*leading, *lines]), *statements[1:]]
