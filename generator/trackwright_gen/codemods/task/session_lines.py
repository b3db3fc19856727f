"""Statements about the session: `run.session` takes its place, and its last commit is the runtime's."""

import libcst as cst

from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.codemods.task.row_notes import RowNotes
from trackwright_gen.codemods.task.tree import (
    Statements,
    code,
    line,
    method_of,
    nodes,
    small,
    with_comments_of,
)

_READS = (".get(", ".query(", ".scalar(", ".scalars(", ".execute(select(", ".execute(\n")


class NeedsOwnSessionError(Exception):
    """The body's writes cannot go through `run.session`."""


class SessionLines:
    """The variables that hold the session, and whether anything may have been written since the last commit."""

    def __init__(self, facts: Facts, notes: RowNotes) -> None:
        self.facts = facts
        self.sessions: set[str] = set()
        self.work = False
        self._notes = notes

    def taken(self, statement: cst.SimpleStatementLine, inner: cst.BaseSmallStatement) -> Statements | None:
        """What becomes of `db = SessionLocal()`; None for other statements."""
        match inner:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name)), *_], value=value):
                pass
            case cst.AnnAssign(target=cst.Name(name), value=cst.BaseExpression() as value):
                pass
            case _:
                return None
        if self.is_new(value):
            self.sessions.add(name)
            return [statement] if self.facts.own_session else [line(f"{name} = run.session")]
        if name in self.sessions:
            raise CannotRewriteError(f"it assigns `{name}` twice", self.facts.location)
        return None

    def is_new(self, value: cst.BaseExpression) -> bool:
        """True for a call of the project's session factory."""
        return isinstance(value, cst.Call) and not value.args and code(value.func) in self.facts.factories

    def called(
        self, statement: cst.SimpleStatementLine, *, in_handler: bool, tail: bool
    ) -> Statements | None:
        """What becomes of a call of the session; None for calls that are work.

        Args:
            statement: the call.
            in_handler: whether it stands in an error branch.
            tail: whether nothing that works follows before the function is left.

        Raises:
            NeedsOwnSessionError: only a session of its own can do it.
        """
        found = method_of(statement)
        if found is None:
            return None
        receiver, method, call = found
        is_of_row = bool(call.args) and code(call.args[0].value) in self._notes.rows
        if method in {"add", "refresh", "merge", "expunge"} and is_of_row:
            return []
        if receiver not in self.sessions:
            return None
        match method:
            case "close":
                return [statement] if self.facts.own_session else []
            case "commit":
                return self._commit(statement, in_handler=in_handler, tail=tail)
            case "rollback":
                self.work = False
                return [] if in_handler and not self.facts.own_session else [statement]
            case "flush" if not self.work:
                return []
            case _:
                return None

    def _commit(self, statement: cst.SimpleStatementLine, *, in_handler: bool, tail: bool) -> Statements:
        if not self.work:
            return []
        if self.facts.own_session:
            self.work = False
            return [statement]
        if in_handler:
            raise NeedsOwnSessionError("an error branch commits what it wrote itself")
        if tail:
            return []
        self.work = False
        return [with_comments_of(line("run.checkpoint(commit=True)"), statement)]

    def is_idle(self, statement: cst.BaseStatement) -> bool:
        """True for a call that only ends or refreshes what is there."""
        found = method_of(statement)
        return found is not None and found[0] in self.sessions and found[1] in {"commit", "close", "refresh"}

    def is_read(self, statement: cst.BaseStatement) -> bool:
        """True for an assignment of what a query finds."""
        inner = small(statement)
        if not isinstance(inner, cst.Assign):
            return False
        text = code(inner.value).replace(" ", "")
        return any(text.startswith(f"{session}{read}") for session in self.sessions for read in _READS)

    def without_unused(self, statements: Statements) -> list[cst.BaseStatement]:
        """Statements without a session that nothing uses."""
        kept = list(statements)
        for session in self.sessions:
            names = [
                each.value
                for statement in kept
                for each in nodes(statement)
                if isinstance(each, cst.Name) and each.value == session
            ]
            if len(names) == 1:
                kept = [each for each in kept if code(each).strip() != f"{session} = run.session"]
        return kept
