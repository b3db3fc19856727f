"""A legacy task's body as a tracked one: what moved the row falls away, what did the work stays as it was."""

from collections.abc import Sequence

import libcst as cst

from trackwright.legacy.mapping import USUAL_COLUMNS
from trackwright_gen.codemods.sightings import STATES
from trackwright_gen.codemods.task.expressions import Replacement, refuse_effects
from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.handlers import (
    holds_retry,
    is_about_retries,
    is_retry,
    split,
    splits_by_retries,
    without_raise,
)
from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.codemods.task.tree import (
    Statements,
    block,
    call_of,
    code,
    is_bare_raise,
    is_text,
    line,
    mentions,
    method_of,
    nodes,
    small,
    with_block,
    with_comments_of,
)

_ERRORS = frozenset(USUAL_COLUMNS["error_message"]) | {"error_msg", "message", "last_error"}
_OF_THE_RUN = frozenset(
    name
    for place in ("created_at", "updated_at", "started_at", "completed_at", "celery_task_id")
    for name in USUAL_COLUMNS[place]
)
_READS = (".get(", ".query(", ".scalar(", ".scalars(", ".execute(select(", ".execute(\n")
_CANCELLED, _FAILED = '"cancelled"', '"failed"'
_LOGS = ("logger.", "log.", "logging.", "print(", "_logger.", "LOG.")


class NeedsOwnSessionError(Exception):
    """The body's writes cannot go through `run.session`."""


class Body:
    """Rewrites one function's statements."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.rows: set[str] = set()
        self.sessions: set[str] = set()
        self.needed: set[tuple[str, str]] = set()
        """Imports that the new body needs: module and name."""
        self._work = False
        """Whether something may have been written since the last commit."""
        self._ending: tuple[str, str | None] | None = None
        """The status that the row was ended with by hand, and the error, while nothing has left the function yet."""
        self._error: str | None = None
        self._handler: cst.ExceptHandler | None = None
        self._loops = 0

    def rewrite(self, statements: Statements) -> list[cst.BaseStatement]:
        """The body without its docstring.

        Raises:
            CannotRewriteError: something has no safe counterpart.
            NeedsOwnSessionError: it has, but not on `run.session`.
        """
        kept = self._block([each for each in statements if not is_text(each)], tail=True)
        self._check_leftovers(kept)
        return self._without_unused_sessions(kept)

    # -- blocks

    def _block(self, statements: Statements, *, tail: bool) -> list[cst.BaseStatement]:
        kept: list[cst.BaseStatement] = []
        for position, statement in enumerate(statements):
            rest = statements[position + 1 :]
            if isinstance(statement, cst.If) and self._splits(statement) is not None:
                return kept + self._by_retries(statement, rest)
            kept += self._statement(statement, tail=self._ends(rest, tail=tail))
        if self._ending is not None and self._handler is None:
            if not tail:
                raise self._cannot("it goes on after it has ended the row")
            kept.append(self._end())
        return kept

    def _ends(self, rest: Statements, *, tail: bool) -> bool:
        """True if nothing that works follows before the function is left."""
        for statement in rest:
            inner = small(statement)
            if isinstance(inner, cst.Return):
                return True
            if not (self._is_noted(statement) or _is_log(statement) or isinstance(inner, cst.Pass)):
                return False
        return tail

    def _is_noted(self, statement: cst.BaseStatement) -> bool:
        """True for what is only about the row or the session."""
        inner = small(statement)
        if isinstance(inner, cst.Assign | cst.AugAssign):
            target = inner.targets[0].target if isinstance(inner, cst.Assign) else inner.target
            return isinstance(target, cst.Attribute) and code(target.value) in self.rows
        found = method_of(statement)
        return found is not None and found[0] in self.sessions and found[1] in {"commit", "close", "refresh"}

    def _statement(self, statement: cst.BaseStatement, *, tail: bool) -> list[cst.BaseStatement]:
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
                self._work = True
                return [self._replaced(statement)]

    # -- simple statements

    def _line(self, statement: cst.SimpleStatementLine, *, tail: bool) -> list[cst.BaseStatement]:
        inner = small(statement)
        if inner is None:
            self._work = True
            return [self._replaced(statement)]
        if isinstance(inner, cst.Return):
            return self._return(statement)
        if isinstance(inner, cst.Raise):
            return self._raise(statement, inner)
        if isinstance(inner, cst.Continue | cst.Break) and self._handler is not None:
            raise self._cannot("its error branch goes on with a loop")
        dropped = self._noted(inner)
        if dropped:
            return []
        call = call_of(statement)
        if call is not None and is_retry(call, self.facts):
            return [self._retry(statement, call)]
        found = method_of(statement)
        if found is not None:
            ours = self._of_session(statement, found, tail=tail)
            if ours is not None:
                return ours
        taken = self._session_taken(inner)
        if taken is not None:
            return taken if not self.facts.own_session else [statement]
        self._work = self._work or not (_is_log(statement) or self._is_read(statement))
        return [self._replaced(statement)]

    def _noted(self, inner: cst.BaseSmallStatement) -> bool:
        """Take in a statement that is only about the row; True if it falls away."""
        if (
            isinstance(inner, cst.AnnAssign)
            and isinstance(inner.target, cst.Name)
            and inner.value is not None
        ):
            if self._is_row(inner.value):
                self.rows.add(inner.target.value)
                return True
            return False
        if isinstance(inner, cst.AugAssign):
            return self._assigned(inner.target, inner.value)
        if not isinstance(inner, cst.Assign) or len(inner.targets) != 1:
            return False
        target = inner.targets[0].target
        if isinstance(target, cst.Name) and self._is_row(inner.value):
            self._take_creation(inner.value)
            self.rows.add(target.value)
            return True
        return self._assigned(target, inner.value)

    def _is_row(self, value: cst.BaseExpression) -> bool:
        return any(code(each) in self.facts.model_names for each in nodes(value))

    def _take_creation(self, value: cst.BaseExpression) -> None:
        if isinstance(value, cst.Call) and code(value.func) in self.facts.model_names:
            for argument in value.args:
                refuse_effects(argument.value, self.facts)

    def _assigned(self, target: cst.BaseExpression, value: cst.BaseExpression) -> bool:
        if not isinstance(target, cst.Attribute) or code(target.value) not in self.rows:
            return False
        column = target.attr.value
        refuse_effects(value, self.facts)
        if column in STATES:
            self._moved(value)
        elif column in _ERRORS:
            self._error = code(self._replaced_expression(value))
            if self._ending is not None:
                self._ending = (self._ending[0], self._error)
        elif column not in self.facts.counters and column not in _OF_THE_RUN:
            raise self._cannot(
                f"it writes `{column}` of the legacy row; only its status, times and error fall away"
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
            raise self._cannot(
                f"the spec says nothing of the status {code(value)}: add it to `legacy: status:`"
            )
        if status in {"FAILED", "CANCELLED"}:
            self._ending = (status, self._error)
        else:
            self._ending = None

    def _return(self, statement: cst.SimpleStatementLine) -> list[cst.BaseStatement]:
        if self._handler is not None:
            return [with_comments_of(line("raise"), statement)]
        if self._ending is not None:
            return [self._end()]
        return [self._replaced(statement)]

    def _raise(self, statement: cst.SimpleStatementLine, inner: cst.Raise) -> list[cst.BaseStatement]:
        if isinstance(inner.exc, cst.Call) and is_retry(inner.exc, self.facts):
            return [self._retry(statement, inner.exc)]
        self._ending = None
        name = self._handler.name.name if self._handler is not None and self._handler.name else None
        if self._handler is not None and inner.exc is not None:
            if name is None or code(inner.exc) != code(name):
                raise self._cannot(
                    "its error branch raises another error, which would be retried by another rule"
                )
            return [with_comments_of(line("raise"), statement)]
        return [self._replaced(statement)]

    def _end(self) -> cst.SimpleStatementLine:
        """What ends the row as it was ended by hand: no further attempt, and the same error."""
        assert self._ending is not None  # noqa: S101 -- the callers' condition
        (status, error), self._ending = self._ending, None
        if status == "CANCELLED":
            self.needed.add(("celery.exceptions", "Ignore"))
            return line(f"raise Ignore({error or _CANCELLED})")
        self.needed.add(("celery.exceptions", "Reject"))
        return line(f"raise Reject({error or _FAILED}, requeue=False)")

    def _retry(self, statement: cst.SimpleStatementLine, call: cst.Call) -> cst.BaseStatement:
        self._ending = None
        if self._handler is not None:
            return with_comments_of(line("raise"), statement)
        if not (isinstance(call.func, cst.Attribute) and call.func.attr.value == "retry"):
            raise self._cannot("it sends itself again outside of an error branch")
        wait: cst.BaseExpression = cst.Integer(str(self.facts.default_delay))
        for argument in call.args:
            if argument.keyword is not None and argument.keyword.value == "countdown":
                wait = self._replaced_expression(argument.value)
        return with_comments_of(line(f"run.retry(after={code(wait)})"), statement)

    # -- the session

    def _session_taken(self, inner: cst.BaseSmallStatement) -> list[cst.BaseStatement] | None:
        if not isinstance(inner, cst.Assign) or not isinstance(inner.targets[0].target, cst.Name):
            return None
        name = inner.targets[0].target.value
        value = inner.value
        if isinstance(value, cst.Call) and not value.args and code(value.func) in self.facts.factories:
            self.sessions.add(name)
            return [line(f"{name} = run.session")]
        if name in self.sessions:
            raise self._cannot(f"it assigns `{name}` twice")
        return None

    def _of_session(
        self, statement: cst.SimpleStatementLine, found: tuple[str, str, cst.Call], *, tail: bool
    ) -> list[cst.BaseStatement] | None:
        """What becomes of a call of the session; None for calls that are work."""
        receiver, method, call = found
        if (
            method in {"add", "refresh", "merge", "expunge"}
            and call.args
            and code(call.args[0].value) in self.rows
        ):
            return []
        if receiver not in self.sessions:
            return None
        if method == "close":
            return [statement] if self.facts.own_session else []
        if method == "commit":
            return self._commit(statement, receiver, tail=tail)
        if method == "rollback":
            self._work = False
            return [] if self._handler is not None and not self.facts.own_session else [statement]
        if method == "flush" and not self._work:
            return []
        return None

    def _commit(
        self, statement: cst.SimpleStatementLine, session: str, *, tail: bool
    ) -> list[cst.BaseStatement]:
        if not self._work:
            return []
        if self.facts.own_session:
            self._work = False
            return [statement]
        if self._handler is not None:
            raise NeedsOwnSessionError("an error branch commits what it wrote itself")
        if tail:
            return []
        self._work = False
        del session
        return [with_comments_of(line("run.checkpoint(commit=True)"), statement)]

    def _is_read(self, statement: cst.BaseStatement) -> bool:
        inner = small(statement)
        if not isinstance(inner, cst.Assign):
            return False
        text = code(inner.value).replace(" ", "")
        return any(text.startswith(f"{session}{read}") for session in self.sessions for read in _READS)

    def _with(self, statement: cst.With, *, tail: bool) -> list[cst.BaseStatement]:
        item = statement.items[0]
        is_session = (
            len(statement.items) == 1
            and isinstance(item.item, cst.Call)
            and not item.item.args
            and code(item.item.func) in self.facts.factories
            and item.asname is not None
        )
        if is_session and item.asname is not None:
            name = code(item.asname.name)
            self.sessions.add(name)
            inner = self._block(block(statement.body), tail=tail)
            if self.facts.own_session:
                return [statement.with_changes(body=with_block(statement.body, inner))]
            taken = line(f"{name} = run.session").with_changes(leading_lines=statement.leading_lines)
            return [taken, *inner]
        self._work = True
        inner = self._block(block(statement.body), tail=tail)
        replaced = statement.with_changes(items=[each.visit(self._replacement()) for each in statement.items])
        return [replaced.with_changes(body=with_block(statement.body, inner))]

    # -- branches

    def _splits(self, statement: cst.If) -> bool | None:
        return splits_by_retries(statement.test, self.facts, self.rows)

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
        if other is None and any(map(is_bare_raise, first)):
            second, behind = behind, []
        left, over = (first, second) if is_left_first else (second, first)
        if behind and without_raise(behind):
            return [*without_raise(split(left, over)), *without_raise(behind), line("raise")]
        return split(left, over)

    def _if(self, statement: cst.If, *, tail: bool) -> list[cst.BaseStatement]:
        absent = self._asks_for_row(statement.test)
        other = statement.orelse
        if absent is not None:
            chosen = other if absent else statement
            if chosen is None:
                return []
            if isinstance(chosen, cst.If) and chosen is not statement:
                return self._if(chosen, tail=tail)
            return self._block(block(chosen.body), tail=tail)
        before = self._work
        body = self._block(block(statement.body), tail=tail)
        after, self._work = self._work, before
        orelse: list[cst.BaseStatement] = []
        if isinstance(other, cst.Else):
            orelse = self._block(block(other.body), tail=tail)
        elif other is not None:
            orelse = self._if(other, tail=tail)
        self._work = self._work or after
        return self._chosen(statement, body, orelse)

    def _chosen(self, statement: cst.If, body: Statements, orelse: Statements) -> list[cst.BaseStatement]:
        test = self._replaced_expression(statement.test)
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

    def _asks_for_row(self, test: cst.BaseExpression) -> bool | None:
        """True for `row is None` and `not row`, False for the reverse, None for other tests."""
        written = code(test)
        for row in self.rows:
            if written in {f"not {row}", f"{row} is None", f"{row} == None"}:
                return True
            if written in {row, f"{row} is not None", f"{row} != None"}:
                return False
        return None

    def _loop(self, statement: cst.For | cst.While) -> list[cst.BaseStatement]:
        before = self._work
        self._loops += 1
        body = self._block(block(statement.body), tail=False)
        if self._work != before:
            # A later round begins with what an earlier one has written.
            body = self._block(block(statement.body), tail=False)
        self._loops -= 1
        self._work = self._work or before
        if not body:
            raise self._cannot("a loop does nothing but move the legacy row")
        new = statement.with_changes(body=with_block(statement.body, body))
        head = self._replacement()
        if isinstance(new, cst.For):
            return [new.with_changes(iter=_expression(new.iter.visit(head)))]
        return [new.with_changes(test=_expression(new.test.visit(head)))]

    # -- errors

    def _try(self, statement: cst.Try, *, tail: bool) -> list[cst.BaseStatement]:
        if self._handler is not None and any(map(is_about_retries, statement.handlers)):
            return self._given_up(statement)
        body = self._block(block(statement.body), tail=tail and statement.orelse is None)
        orelse = self._block(block(statement.orelse.body), tail=tail) if statement.orelse else []
        after = self._work
        handlers = self._handlers(statement.handlers)
        self._work = after
        final = self._block(block(statement.finalbody.body), tail=False) if statement.finalbody else []
        if not handlers and not final:
            return [*_with_leading(body, statement.leading_lines), *orelse]
        if not handlers:
            body, orelse = [*body, *orelse], []
        new = statement.with_changes(
            body=with_block(statement.body, body),
            handlers=handlers,
            orelse=statement.orelse.with_changes(body=with_block(statement.orelse.body, orelse))
            if statement.orelse and orelse
            else None,
            finalbody=statement.finalbody.with_changes(body=with_block(statement.finalbody.body, final))
            if statement.finalbody and final
            else None,
        )
        return [new]

    def _handlers(self, handlers: Sequence[cst.ExceptHandler]) -> list[cst.ExceptHandler]:
        """The handlers that still do something; those that only pass the error on fall away from the end."""
        kept = [each for each in handlers if not is_about_retries(each)]
        new = [each.with_changes(body=with_block(each.body, self._caught(each))) for each in kept]
        while new and all(map(is_bare_raise, block(new[-1].body))):
            new.pop()
        return new

    def _caught(self, handler: cst.ExceptHandler) -> list[cst.BaseStatement]:
        is_legacy = holds_retry(handler, self.facts) or any(
            self._is_noted(each) for each in nodes(handler) if isinstance(each, cst.BaseStatement)
        )
        if not is_legacy:
            self._work = True
            return self._block(block(handler.body), tail=False)
        if self._loops:
            raise self._cannot("an error branch inside a loop ends the row")
        outer, self._handler = self._handler, handler
        self._work = True
        body = self._block(block(handler.body), tail=False)
        self._handler, self._ending, self._error = outer, None, None
        if body and is_bare_raise(body[-1]):
            return body
        return [*without_raise(body), line("raise")]

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

    # -- what is left

    def _replacement(self) -> Replacement:
        return Replacement(self.facts, self.rows)

    def _replaced(self, statement: cst.BaseStatement) -> cst.BaseStatement:
        new = statement.visit(self._replacement())
        assert isinstance(new, cst.BaseStatement)  # noqa: S101 -- only expressions are replaced
        return new

    def _replaced_expression(self, value: cst.BaseExpression) -> cst.BaseExpression:
        return _expression(value.visit(self._replacement()))

    def _check_leftovers(self, statements: Statements) -> None:
        gone = {*self.rows, *(name.partition(".")[0] for name in self.facts.model_names)}
        if self.facts.self_name:
            gone.add(self.facts.self_name)
        for statement in statements:
            if mentions(statement, gone):
                written = " ".join(code(_smallest(statement, gone)).split())
                raise self._cannot(f"`{written}` has no counterpart on a tracking row")

    def _without_unused_sessions(self, statements: Statements) -> list[cst.BaseStatement]:
        kept = list(statements)
        for session in self.sessions:
            taken = f"{session} = run.session"
            if sum(list(_names(kept)).count(name) for name in [session]) == 1:
                kept = [each for each in kept if code(each).strip() != taken]
        return kept

    def _cannot(self, text: str) -> CannotRewriteError:
        return CannotRewriteError(text, self.facts.location)


def _names(statements: Statements) -> list[str]:
    return [each.value for statement in statements for each in nodes(statement) if isinstance(each, cst.Name)]


def _smallest(node: cst.CSTNode, names: set[str]) -> cst.CSTNode:
    """The simple statement that mentions a name."""
    for child in node.children:
        is_part = isinstance(
            child, cst.BaseStatement | cst.BaseSuite | cst.ExceptHandler | cst.Finally | cst.Else
        )
        if is_part and mentions(child, names):
            return _smallest(child, names)
    return node


def _is_log(statement: cst.BaseStatement) -> bool:
    return call_of(statement) is not None and code(statement).strip().startswith(_LOGS)


def _expression(node: object) -> cst.BaseExpression:
    assert isinstance(node, cst.BaseExpression)  # noqa: S101 -- only expressions are replaced by expressions
    return node


def _with_leading(statements: Statements, leading: Sequence[cst.EmptyLine]) -> list[cst.BaseStatement]:
    """Statements with the comments that stood above the `try` around them."""
    if not statements or not any(each.comment for each in leading):
        return list(statements)
    first = statements[0]
    lines = getattr(first, "leading_lines", ())
    return [first.with_changes(leading_lines=[*leading, *lines]), *statements[1:]]
