"""Handlers of a legacy task: what they note on the row falls away, and the error goes on to trackwright."""

import libcst as cst

from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.tree import Statements, code, line, nodes

COUNTERS_OF_SELF = "request.retries"
LEFT = "run.attempt < run.tracking.max_attempts"
OVER = "run.attempt >= run.tracking.max_attempts"
RAISE = "raise"
_SIGNS = {
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.NotEqual: "!=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.Equal: "==",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def is_retry(node: cst.CSTNode, facts: Facts) -> bool:
    """True for `self.retry(...)`, and for a task that sends itself again."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        return False
    owner, method = code(node.func.value), node.func.attr.value
    if method == "retry":
        return owner in {facts.self_name, facts.function}
    return method in {"apply_async", "delay"} and owner == facts.function


def holds_retry(node: cst.CSTNode, facts: Facts) -> bool:
    """True if a retry is somewhere in a node."""
    return any(is_retry(each, facts) for each in nodes(node))


def is_about_retries(handler: cst.ExceptHandler) -> bool:
    """True for `except MaxRetriesExceededError:`."""
    return handler.type is not None and "MaxRetriesExceededError" in code(handler.type)


def splits_by_retries(test: cst.BaseExpression, facts: Facts, rows: set[str]) -> bool | None:
    """Whether a test such as `self.request.retries < 3` is true while attempts remain; None for other tests."""
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    one, other = test.left, test.comparisons[0].comparator
    sign = _SIGNS.get(type(test.comparisons[0].operator))
    if sign is None:
        return None
    if _is_counter(other, facts, rows):
        sign = _TURNED[sign]
    elif not _is_counter(one, facts, rows):
        return None
    return sign in {"<", "<=", "!="}


def _is_counter(expression: cst.BaseExpression, facts: Facts, rows: set[str]) -> bool:
    written = code(expression)
    if facts.self_name and written == f"{facts.self_name}.{COUNTERS_OF_SELF}":
        return True
    return (
        isinstance(expression, cst.Attribute)
        and code(expression.value) in rows
        and expression.attr.value in facts.counters
    )


def split(left: Statements, over: Statements) -> list[cst.BaseStatement]:
    """What is left of `if attempts remain: ... else: ...`, and then the error goes on."""
    first, second = without_raise(left), without_raise(over)
    if first and second:
        chosen: list[cst.BaseStatement] = [_if(LEFT, first, second)]
    elif first:
        chosen = [_if(LEFT, first)]
    elif second:
        chosen = [_if(OVER, second)]
    else:
        chosen = []
    return [*chosen, line(RAISE)]


def _if(test: str, body: Statements, orelse: Statements = ()) -> cst.If:
    return cst.If(
        test=cst.parse_expression(test),
        body=cst.IndentedBlock(list(body)),
        orelse=cst.Else(cst.IndentedBlock(list(orelse))) if orelse else None,
    )


def without_raise(statements: Statements) -> list[cst.BaseStatement]:
    """Statements up to the first `raise` that passes the error on."""
    kept: list[cst.BaseStatement] = []
    for statement in statements:
        if isinstance(statement, cst.SimpleStatementLine) and any(
            isinstance(each, cst.Raise) and each.exc is None for each in statement.body
        ):
            break
        kept.append(statement)
    return kept
