"""Single statements of a legacy task's body: what moved the row falls away, what did the work stays as it was."""

import libcst as cst

from trackwright_gen.codemods.task.expressions import Replacement
from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.handlers import is_retry
from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.codemods.task.row_notes import RowNotes
from trackwright_gen.codemods.task.session_lines import SessionLines
from trackwright_gen.codemods.task.tree import (
    Statements,
    call_of,
    code,
    is_log,
    line,
    small,
    with_comments_of,
)


class Lines:
    """Rewrites statements that hold no others, one after the other.

    Attributes:
        facts: about the task.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._notes = RowNotes(facts)
        self._session = SessionLines(facts, self._notes)
        self._handler: cst.ExceptHandler | None = None

    def _line(self, statement: cst.SimpleStatementLine, *, tail: bool) -> Statements:
        inner = small(statement)
        if inner is None:
            return self._worked(statement)
        if isinstance(inner, cst.Return):
            return self._return(statement)
        if isinstance(inner, cst.Raise):
            return self._raise(statement, inner)
        if self._notes.take(inner):
            return []
        call = call_of(statement)
        if call is not None and is_retry(call, self.facts):
            return [self._retry(statement, call)]
        ours = self._session.called(statement, in_handler=self._handler is not None, tail=tail)
        if ours is None:
            ours = self._session.taken(statement, inner)
        if ours is not None:
            return ours
        if is_log(statement) or self._session.is_read(statement):
            return [self._replaced(statement)]
        return self._worked(statement)

    def _return(self, statement: cst.SimpleStatementLine) -> Statements:
        if self._handler is not None:
            return [with_comments_of(line("raise"), statement)]
        if self._notes.ending is not None:
            return [self._notes.end()]
        return [self._replaced(statement)]

    def _raise(self, statement: cst.SimpleStatementLine, inner: cst.Raise) -> Statements:
        if isinstance(inner.exc, cst.Call) and is_retry(inner.exc, self.facts):
            return [self._retry(statement, inner.exc)]
        self._notes.ending = None
        if self._handler is None or inner.exc is None:
            return [self._replaced(statement)]
        name = self._handler.name.name if self._handler.name else None
        if name is None or code(inner.exc) != code(name):
            raise self._cannot(
                "its error branch raises another error, which would be retried by another rule"
            )
        return [with_comments_of(line("raise"), statement)]

    def _retry(self, statement: cst.SimpleStatementLine, call: cst.Call) -> cst.BaseStatement:
        self._notes.ending = None
        given = {
            argument.keyword.value: argument.value for argument in call.args if argument.keyword is not None
        }
        others = sorted(given.keys() & {"args", "kwargs", "eta"})
        is_retry_call = isinstance(call.func, cst.Attribute) and call.func.attr.value == "retry"
        if is_retry_call and others:
            raise self._cannot(
                f"it retries with {others[0]}=, which an attempt of the same row does not have"
            )
        if self._handler is not None:
            return with_comments_of(line("raise"), statement)
        if not is_retry_call:
            raise self._cannot("it sends itself again outside of an error branch")
        wait = given.get("countdown", cst.Integer(str(self.facts.default_delay)))
        return with_comments_of(line(f"run.retry(after={code(self._replaced_expression(wait))})"), statement)

    def _worked(self, statement: cst.BaseStatement) -> Statements:
        self._session.work = True
        return [self._replaced(statement)]

    def _replacement(self) -> Replacement:
        return Replacement(self.facts, self._notes.rows)

    def _replaced(self, statement: cst.BaseStatement) -> cst.BaseStatement:
        new = statement.visit(self._replacement())
        assert isinstance(new, cst.BaseStatement)  # noqa: S101 -- only expressions are replaced
        return new

    def _replaced_expression(self, value: cst.BaseExpression) -> cst.BaseExpression:
        new = value.visit(self._replacement())
        assert isinstance(new, cst.BaseExpression)  # noqa: S101 -- expressions stay expressions
        return new

    def _cannot(self, text: str) -> CannotRewriteError:
        return CannotRewriteError(text, self.facts.location)
