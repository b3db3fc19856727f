"""What numbers in a legacy task come to: limits, counters, and countdowns after so many retries."""

import ast

from trackwright_gen.codemods.sightings import own_nodes
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.scopes import Scope

CELERY_RETRIES = 3
"""Celery's own max_retries."""
_COUNTERS = frozenset({"retry_count", "retries", "attempts", "attempt", "attempt_count"})


class Numbers:
    """Calculates with what a task's module says."""

    def __init__(self, job: Job, body: Scope, self_name: str | None) -> None:
        self._job = job
        self._body = body
        self._self_name = self_name

    def at(self, expression: ast.expr, retries: int) -> float | None:
        """What a countdown is after so many retries, the first being 0; None where that cannot be told."""
        match expression:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.BinOp(left=left, op=operator, right=right):
                one, other = self.at(left, retries), self.at(right, retries)
                return None if one is None or other is None else _calculated(one, operator, other)
            case ast.Attribute(attr="retries", value=ast.Attribute(attr="request")):
                return float(retries)
            case ast.Attribute(attr=name) if name in _COUNTERS:
                # A counter that is raised before it is read is 1 after the first failure.
                raised = any(
                    isinstance(node, ast.AugAssign) and ast.unparse(node.target) == ast.unparse(expression)
                    for node in own_nodes(self._body)
                )
                return float(retries + raised)
            case _:
                known = self.number(expression, self._body)
                return None if known is None else float(known)

    def number(self, expression: ast.expr, scope: Scope) -> int | None:
        """An integer literal, or a module's constant."""
        match expression:
            case ast.Constant(value=int(number)) if not isinstance(number, bool):
                return number
            case ast.Name(id=name):
                return self._constant(name, scope)
            case ast.Attribute(attr="max_retries", value=ast.Name(id=owner)) if owner == self._self_name:
                option = self._job.option("max_retries")
                return self.number(option.value, option.scope) if option else CELERY_RETRIES
            case _:
                return None

    def _constant(self, name: str, scope: Scope) -> int | None:
        for binding in scope.module.scope.bindings.get(name, ()):
            value = getattr(binding, "value", None)
            if isinstance(value, ast.Constant) and isinstance(value.value, int):
                return value.value
        return None


def retries_left(test: ast.expr) -> tuple[ast.expr, str, ast.expr] | None:
    """The counter, the operator and the limit of a test such as `self.request.retries < self.max_retries`."""
    operators = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
    match test:
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in operators:
            sign = operators[type(operator)]
            if is_counter(left):
                return left, sign, right
            if is_counter(right):
                return right, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign), left
        case _:
            pass
    return None


def is_counter(expression: ast.expr) -> bool:
    """True for what counts retries: `self.request.retries`, `row.retry_count`."""
    match expression:
        case ast.Attribute(attr="retries", value=ast.Attribute(attr="request")):
            return True
        case ast.Attribute(attr=name, value=ast.Name()):
            return name in _COUNTERS
        case _:
            return False


def _calculated(one: float, operator: ast.operator, other: float) -> float | None:
    match operator:
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
        case ast.Mult():
            return one * other
        case ast.Pow() if abs(other) < 64 and abs(one) < 1000:  # noqa: PLR2004 -- no countdown is longer
            return float(one**other)
        case _:
            return None
