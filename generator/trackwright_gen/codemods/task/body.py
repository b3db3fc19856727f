"""A legacy task's body as a tracked one: what moved the row falls away, what did the work stays as it was."""

from collections.abc import Sequence

import libcst as cst

from trackwright_gen.codemods.task.branches import rebuilt_if, rebuilt_try
from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.handlers import (
    holds_retry,
    is_about_retries,
    split,
    splits_by_retries,
    without_raise,
)
from trackwright_gen.codemods.task.leftovers import asks_for_row, refuse_leftovers
from trackwright_gen.codemods.task.lines import Lines
from trackwright_gen.codemods.task.tree import (
    Statements,
    block,
    code,
    is_bare_raise,
    is_log,
    is_text,
    line,
    nodes,
    small,
    with_block,
)


class Body(Lines):
    """Rewrites one function's statements."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self._loops = 0

    @property
    def needed(self) -> set[tuple[str, str]]:
        """Imports that the new body needs: module and name."""
        return self._notes.needed

    @property
    def sessions(self) -> set[str]:
        """The variables that held the session."""
        return self._session.sessions

    def rewrite(self, statements: Statements) -> list[cst.BaseStatement]:
        """The body without its docstring.

        Raises:
            CannotRewriteError: something has no safe counterpart.
            NeedsOwnSessionError: it has, but not on `run.session`.
        """
        kept = self._block([each for each in statements if not is_text(each)], tail=True)
        refuse_leftovers(kept, self.facts, self._notes.rows)
        return self._session.without_unused(kept)

    # -- blocks

    def _block(self, statements: Statements, *, tail: bool) -> list[cst.BaseStatement]:
        kept: list[cst.BaseStatement] = []
        for position, statement in enumerate(statements):
            rest = statements[position + 1 :]
            if isinstance(statement, cst.If) and self._splits(statement) is not None:
                return kept + self._by_retries(statement, rest)
            kept += self._statement(statement, tail=self._ends(rest, tail=tail))
        if self._notes.ending is not None and self._handler is None:
            if not tail:
                raise self._cannot("it goes on after it has ended the row")
            kept.append(self._notes.end())
        return kept

    def _ends(self, rest: Statements, *, tail: bool) -> bool:
        """True if nothing that works follows before the function is left."""
        for statement in rest:
            inner = small(statement)
            if isinstance(inner, cst.Return):
                return True
            if not (self._is_noted(statement) or is_log(statement) or isinstance(inner, cst.Pass)):
                return False
        return tail

    def _is_noted(self, statement: cst.BaseStatement) -> bool:
        """True for what is only about the row or the session."""
        return self._notes.is_about(small(statement)) or self._session.is_idle(statement)

    def _statement(self, statement: cst.BaseStatement, *, tail: bool) -> Statements:
        match statement:
            case cst.SimpleStatementLine():
                return self._line(statement, tail=tail)
            case cst.If():
                return self._if(statement, tail=tail)
            case cst.Try():
                return self._try(statement, tail=tail)
            case cst.With():
                return self._with(statement, tail=tail)
            case cst.For() | cst.While():
                return self._loop(statement)
            case _:
                return self._worked(statement)

    # -- branches

    def _with(self, statement: cst.With, *, tail: bool) -> Statements:
        item = statement.items[0]
        if len(statement.items) == 1 and self._session.is_new(item.item) and item.asname is not None:
            name = code(item.asname.name)
            self._session.sessions.add(name)
            inner = self._block(block(statement.body), tail=tail)
            if self.facts.own_session:
                return [statement.with_changes(body=with_block(statement.body, inner))]
            taken = line(f"{name} = run.session").with_changes(leading_lines=statement.leading_lines)
            return [taken, *inner]
        self._session.work = True
        inner = self._block(block(statement.body), tail=tail)
        replaced = statement.with_changes(items=[each.visit(self._replacement()) for each in statement.items])
        return [replaced.with_changes(body=with_block(statement.body, inner))]

    def _splits(self, statement: cst.If) -> bool | None:
        return splits_by_retries(statement.test, self.facts, self._notes.rows)

    def _by_retries(self, statement: cst.If, rest: Statements) -> list[cst.BaseStatement]:
        """`if attempts remain: try again, else: give up`, where the second part may follow the `if`."""
        if self._handler is None:
            raise self._cannot("it counts its retries outside of an error branch")
        is_left_first = self._splits(statement)
        first = self._block(block(statement.body), tail=False)
        other = statement.orelse
        if isinstance(other, cst.If):
            raise self._cannot("it counts its retries in a chain of `elif`")
        second = self._block(block(other.body), tail=False) if other is not None else []
        behind = self._block(rest, tail=False)
        # What follows a branch that always leaves belongs to the other branch.
        if any(map(is_bare_raise, first)):
            second, behind = [*second, *behind], []
        elif any(map(is_bare_raise, second)):
            first, behind = [*first, *behind], []
        left, over = (first, second) if is_left_first else (second, first)
        if without_raise(behind):
            return [*without_raise(split(left, over)), *without_raise(behind), line("raise")]
        return split(left, over)

    def _if(self, statement: cst.If, *, tail: bool) -> list[cst.BaseStatement]:
        absent = asks_for_row(statement.test, self._notes.rows)
        if absent is not None:
            return self._branch(statement.orelse if absent else statement, statement, tail=tail)
        session = self._session
        before = session.work
        body = self._block(block(statement.body), tail=tail)
        after, session.work = session.work, before
        orelse = self._branch(statement.orelse, None, tail=tail)
        session.work = session.work or after
        return rebuilt_if(statement, self._replaced_expression(statement.test), body, orelse)

    def _branch(
        self, branch: cst.If | cst.Else | None, whole: cst.If | None, *, tail: bool
    ) -> list[cst.BaseStatement]:
        """The statements of a branch; `whole` is the `if` of which only the body is meant."""
        if branch is None:
            return []
        if isinstance(branch, cst.If) and branch is not whole:
            return self._if(branch, tail=tail)
        return self._block(block(branch.body), tail=tail)

    def _loop(self, statement: cst.For | cst.While) -> Statements:
        before = self._session.work
        self._loops += 1
        body = self._block(block(statement.body), tail=False)
        if self._session.work != before:
            # A later round begins with what an earlier one has written.
            body = self._block(block(statement.body), tail=False)
        self._loops -= 1
        self._session.work = self._session.work or before
        if not body:
            raise self._cannot("a loop does nothing but move the legacy row")
        new = statement.with_changes(body=with_block(statement.body, body))
        if isinstance(new, cst.For):
            return [new.with_changes(iter=self._replaced_expression(new.iter))]
        return [new.with_changes(test=self._replaced_expression(new.test))]

    # -- errors

    def _try(self, statement: cst.Try, *, tail: bool) -> list[cst.BaseStatement]:
        if self._handler is not None and any(map(is_about_retries, statement.handlers)):
            return self._given_up(statement)
        body = self._block(block(statement.body), tail=tail and statement.orelse is None)
        orelse = self._block(block(statement.orelse.body), tail=tail) if statement.orelse else []
        after = self._session.work
        handlers = self._handlers(statement.handlers)
        self._session.work = after
        final = self._block(block(statement.finalbody.body), tail=False) if statement.finalbody else []
        return rebuilt_try(statement, body, handlers, orelse=orelse, final=final)

    def _handlers(self, handlers: Sequence[cst.ExceptHandler]) -> list[cst.ExceptHandler]:
        """The handlers that still do something; those that only pass the error on fall away from the end."""
        for each in filter(is_about_retries, handlers):
            if not all(map(is_log, without_raise(self._caught(each)))):
                raise self._cannot("it does more than note it where its retries are over")
        kept = [each for each in handlers if not is_about_retries(each)]
        new = [each.with_changes(body=with_block(each.body, self._caught(each))) for each in kept]
        while new and all(map(is_bare_raise, block(new[-1].body))):
            new.pop()
        return new

    def _caught(self, handler: cst.ExceptHandler) -> list[cst.BaseStatement]:
        self._session.work = True
        if not self._is_legacy(handler):
            return self._block(block(handler.body), tail=False)
        if self._loops:
            raise self._cannot("an error branch inside a loop ends the row")
        outer, self._handler = self._handler, handler
        body = self._block(block(handler.body), tail=False)
        self._handler = outer
        self._notes.forget()
        if body and is_bare_raise(body[-1]):
            return body
        return [*without_raise(body), line("raise")]

    def _is_legacy(self, handler: cst.ExceptHandler) -> bool:
        return holds_retry(handler, self.facts) or any(
            self._notes.is_about(each) for each in nodes(handler) if isinstance(each, cst.BaseSmallStatement)
        )

    def _given_up(self, statement: cst.Try) -> list[cst.BaseStatement]:
        """`try: raise self.retry(...) except MaxRetriesExceededError: ...`."""
        attempt = self._block(block(statement.body), tail=False)
        if without_raise(attempt):
            raise self._cannot("it does more than retry where it expects MaxRetriesExceededError")
        over: list[cst.BaseStatement] = []
        for handler in statement.handlers:
            if is_about_retries(handler):
                over += without_raise(self._block(block(handler.body), tail=False))
        return split([], over)
