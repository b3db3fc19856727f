"""Statements that only note on the legacy row how far the task is: they fall away, and leave how it ended."""

import libcst as cst

from trackwright.legacy.mapping import USUAL_COLUMNS
from trackwright_gen.codemods.sightings import STATES
from trackwright_gen.codemods.task.expressions import Replacement, refuse_effects
from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.codemods.task.tree import code, line, nodes

_ERRORS = frozenset(USUAL_COLUMNS["error_message"]) | {"error_msg", "message", "last_error"}
_OF_THE_RUN = frozenset(
    name
    for place in ("created_at", "updated_at", "started_at", "completed_at", "celery_task_id")
    for name in USUAL_COLUMNS[place]
)
_CANCELLED, _FAILED = '"cancelled"', '"failed"'


class RowNotes:
    """The variables that hold the row, and what was last noted on it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.rows: set[str] = set()
        self.needed: set[tuple[str, str]] = set()
        """Imports that the new body needs: module and name."""
        self.ending: str | None = None
        """The status that the row was ended with by hand, while nothing has left the function yet."""
        self.error: str | None = None

    def take(self, inner: cst.BaseSmallStatement) -> bool:
        """Take in a statement; True if it is only about the row and falls away.

        Raises:
            CannotRewriteError: it is about the row and has no counterpart.
        """
        match inner:
            case cst.AnnAssign(target=cst.Name(name), value=cst.BaseExpression() as value):
                return self._taken(name, value)
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))], value=value):
                return self._taken(name, value)
            case cst.Assign(targets=[cst.AssignTarget(target=target)], value=value):
                return self._assigned(target, value)
            case cst.AugAssign(target=target, value=value):
                return self._assigned(target, value)
            case _:
                return False

    def is_about(self, inner: cst.BaseSmallStatement | None) -> bool:
        """True for an assignment to the row."""
        if not isinstance(inner, cst.Assign | cst.AugAssign):
            return False
        target = inner.targets[0].target if isinstance(inner, cst.Assign) else inner.target
        return isinstance(target, cst.Attribute) and code(target.value) in self.rows

    def end(self) -> cst.SimpleStatementLine:
        """What ends the row as it was ended by hand: no further attempt, and the same error."""
        status, self.ending = self.ending, None
        if status == "CANCELLED":
            self.needed.add(("celery.exceptions", "Ignore"))
            return line(f"raise Ignore({self.error or _CANCELLED})")
        self.needed.add(("celery.exceptions", "Reject"))
        return line(f"raise Reject({self.error or _FAILED}, requeue=False)")

    def forget(self) -> None:
        """What was noted is over: the way out is another."""
        self.ending = self.error = None

    def _taken(self, name: str, value: cst.BaseExpression) -> bool:
        if not any(code(each) in self.facts.model_names for each in nodes(value)):
            return False
        if isinstance(value, cst.Call) and code(value.func) in self.facts.model_names:
            for argument in value.args:
                refuse_effects(argument.value, self.facts)
        self.rows.add(name)
        return True

    def _assigned(self, target: cst.BaseExpression, value: cst.BaseExpression) -> bool:
        if not isinstance(target, cst.Attribute) or code(target.value) not in self.rows:
            return False
        column = target.attr.value
        refuse_effects(value, self.facts)
        if column in STATES:
            self._moved(value)
        elif column in _ERRORS:
            replaced = value.visit(Replacement(self.facts, self.rows))
            assert isinstance(replaced, cst.BaseExpression)  # noqa: S101 -- expressions stay expressions
            self.error = code(replaced)
        elif column not in self.facts.counters and column not in _OF_THE_RUN:
            raise CannotRewriteError(
                f"it writes `{column}` of the legacy row; only its status, times and error fall away",
                self.facts.location,
            )
        return True

    def _moved(self, value: cst.BaseExpression) -> None:
        word = (
            value.evaluated_value
            if isinstance(value, cst.SimpleString)
            else self.facts.constants.get(code(value))
        )
        status = self.facts.target.words.get(str(word).strip().lower()) if word is not None else None
        if status is None:
            raise CannotRewriteError(
                f"the spec says nothing of the status {code(value)}: add it to `legacy: status:`",
                self.facts.location,
            )
        self.ending = status if status in {"FAILED", "CANCELLED"} else None
