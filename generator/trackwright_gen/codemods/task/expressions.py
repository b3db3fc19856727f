"""What stands for a legacy row, its id, `self` and their attributes in a tracked body."""

import libcst as cst

from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.codemods.task.tree import code

CORE = {
    "id": "id",
    "created_at": "created_at",
    "started_at": "started_at",
    "celery_task_id": "celery_task_id",
    "task_id": "celery_task_id",
}
"""Columns of legacy rows that a tracking row has as well."""


class Replacement(cst.CSTTransformer):
    """Puts `run` in the place of rows and of `self`."""

    def __init__(self, facts: Facts, rows: set[str]) -> None:
        super().__init__()
        self._facts = facts
        self._rows = rows

    def leave_Attribute(  # noqa: N802 -- LibCST's name
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        """`row.sku`, `self.request.id`, `self.request.retries`, `self.max_retries`."""
        own = code(original_node)
        facts = self._facts
        if facts.self_name and (replaced := _OF_SELF.get(own.removeprefix(f"{facts.self_name}."))):
            return cst.parse_expression(replaced)
        owner = original_node.value
        if isinstance(owner, cst.Name) and owner.value in self._rows:
            return self._of_row(original_node.attr.value)
        # The name behind the dot is no name of a variable.
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:  # noqa: N802 -- LibCST's name
        """A keyword is no name of a variable."""
        return updated_node.with_changes(keyword=original_node.keyword)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:  # noqa: N802 -- LibCST's name
        """The run's row cannot be assigned."""
        self._refuse_bound(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:  # noqa: N802 -- LibCST's name
        """`row.retry_count += 1` inside of another function."""
        self._refuse_bound(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:  # noqa: N802 -- LibCST's name
        """`status_id: int = int(status_id)`."""
        self._refuse_bound(node.target)

    def visit_Param(self, node: cst.Param) -> None:  # noqa: N802 -- LibCST's name
        """`lambda status_id: ...` is about another one."""
        self._refuse_bound(node.name)

    def leave_Name(  # noqa: N802 -- LibCST's name
        self, original_node: cst.Name, updated_node: cst.Name
    ) -> cst.BaseExpression:
        """The parameter that was the row's id."""
        if original_node.value == self._facts.row_parameter:
            return cst.parse_expression("run.tracking.id")
        return updated_node

    def _refuse_bound(self, target: cst.BaseExpression) -> None:
        owner = target.value if isinstance(target, cst.Attribute) else None
        is_row = isinstance(owner, cst.Name) and owner.value in self._rows
        if is_row or code(target) == self._facts.row_parameter:
            raise CannotRewriteError(f"it assigns `{code(target)}`", self._facts.location)

    def _of_row(self, column: str) -> cst.BaseExpression:
        facts = self._facts
        if column in facts.counters:
            return cst.parse_expression("(run.attempt - 1)")
        attribute = facts.target.attribute_of(column) or CORE.get(column)
        if attribute is None:
            raise CannotRewriteError(
                f"it reads `{column}` of the legacy row, which the spec maps to no field", facts.location
            )
        return cst.parse_expression(f"run.tracking.{attribute}")


_OF_SELF = {
    "request.id": "run.tracking.celery_task_id",
    "request.retries": "(run.attempt - 1)",
    "max_retries": "(run.tracking.max_attempts - 1)",
}
_PURE = frozenset(
    {"str", "repr", "int", "float", "len", "type", "dict", "list", "format", "round", "min", "max"}
    | {"now", "utcnow", "today", "isoformat", "format_exc", "format_exception", "strip", "join", "copy"}
)


def refuse_effects(value: cst.BaseExpression, facts: Facts) -> None:
    """Refuse to drop a value that calls what may have effects.

    Raises:
        CannotRewriteError: it does.
    """
    calls = _Calls()
    value.visit(calls)
    for call in calls.found:
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else code(call.func)
        if name not in _PURE:
            raise CannotRewriteError(
                f"`{code(value)}` is written to the legacy row and calls `{name}`, which may do more",
                facts.location,
            )


class _Calls(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[cst.Call] = []

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802 -- LibCST's name
        self.found.append(node)
