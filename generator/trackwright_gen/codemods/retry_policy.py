"""How a legacy task retries: read from its decorator, its `self.retry` calls and its handlers."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from trackwright_gen.codemods.countdowns import CELERY_RETRIES, Numbers, retries_left
from trackwright_gen.codemods.error_names import error_names
from trackwright_gen.codemods.sightings import STATES, own_nodes, text_values
from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Job
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope

CELERY_DELAY = 180
"""Celery's own default_retry_delay."""
BROAD = frozenset({"Exception", "BaseException"})
_FAILED = re.compile(r"fail|error", re.IGNORECASE)
Reason = tuple[str, Location]


@dataclass(slots=True)
class RetryPolicy:
    """What a task's retries come to, each part with the places that say so.

    Attributes:
        max_attempts: starts, the first one included.
        backoff: `exponential` or `fixed`.
        base: seconds before the second attempt.
        cap: longest wait, where one is written.
        retry_on: dotted names of errors that alone are tried again; empty: all.
        give_up_on: dotted names of errors that are not tried again.
        reasons: per key, what it was read from.
        questions: what could not be read.
    """

    max_attempts: int = 1
    backoff: str = "exponential"
    base: int = 60
    cap: int | None = None
    retry_on: tuple[str, ...] = ()
    give_up_on: tuple[str, ...] = ()
    reasons: dict[str, list[Reason]] = field(default_factory=dict[str, "list[Reason]"])
    questions: list[Reason] = field(default_factory=list["Reason"])

    def because(self, key: str, text: str, location: Location) -> None:
        """Note where a part comes from."""
        self.reasons.setdefault(key, []).append((text, location))


def retry_policy(project: SourceProject, job: Job) -> RetryPolicy:
    """Read a task's retries; a task that never retries has one attempt."""
    policy = RetryPolicy()
    body = job.declaration.body
    if body is None:
        return policy
    reader = _Reader(project, job, body, policy)
    reader.read()
    return policy


class _Reader:
    def __init__(self, project: SourceProject, job: Job, body: Scope, policy: RetryPolicy) -> None:
        self._project = project
        self._job = job
        self._body = body
        self._policy = policy
        self._numbers = Numbers(job, body, self._self())

    def read(self) -> None:
        """Fill in the policy."""
        calls = [call for scope in self._body.walk() for call in scope.calls if self.is_retry(call)]
        if calls:
            self._limits(calls)
            self._countdown(calls)
        self._automatic()
        self._errors()

    def is_retry(self, call: ast.Call) -> bool:
        """True for `self.retry(...)`, and for a task that sends itself again."""
        match call.func:
            case ast.Attribute(attr="retry", value=ast.Name(id=owner)):
                return owner == self._self() or owner == self._body.name
            case ast.Attribute(attr="apply_async" | "delay"):
                sent = self._project.dispatches.of_call(call, self._body)
                return sent is not None and sent.job is self._job
            case _:
                return False

    def _self(self) -> str | None:
        node = self._body.node
        if not self._job.bind or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        names = [*node.args.posonlyargs, *node.args.args]
        return names[0].arg if names else None

    # -- how often

    def _limits(self, calls: list[ast.Call]) -> None:
        by_hand = [each for each in map(self._limit_of_test, self._tests()) if each is not None]
        if by_hand:
            self._policy.max_attempts, text, place = by_hand[0]
            self._policy.because("max_attempts", text, place)
            return
        for call in calls:
            if not _is_celery(call):
                place = self._body.module.location(call)
                self._policy.questions.append(("it sends itself again; how often at most?", place))
                self._policy.max_attempts = CELERY_RETRIES + 1
                return
        self._option_limit(calls)

    def _option_limit(self, calls: list[ast.Call]) -> None:
        policy, place = self._policy, self._body.module.location(calls[0])
        given = [
            (each.value, self._body) for call in calls for each in call.keywords if each.arg == "max_retries"
        ]
        option = self._job.option("max_retries")
        if option is not None:
            given.append((option.value, option.scope))
        if not given:
            policy.max_attempts = CELERY_RETRIES + 1
            policy.because("max_attempts", "no max_retries: Celery's 3", place)
            return
        value, scope = given[0]
        number = self._numbers.number(value, scope)
        place = scope.module.location(value)
        if number is None:
            policy.max_attempts = CELERY_RETRIES + 1
            policy.questions.append((f"max_retries={ast.unparse(value)}: how often at most?", place))
        else:
            policy.max_attempts = number + 1
            policy.because("max_attempts", f"max_retries={ast.unparse(value)}", place)

    def _tests(self) -> Iterator[tuple[ast.Compare, ast.If]]:
        for node in own_nodes(self._body):
            if isinstance(node, ast.If) and isinstance(node.test, ast.Compare):
                yield node.test, node

    def _limit_of_test(self, found: tuple[ast.Compare, ast.If]) -> tuple[int, str, Location] | None:
        """The attempts that `if row.retry_count < 3:` allows."""
        test, branch = found
        read = retries_left(test)
        if read is None:
            return None
        counter, operator, limit = read
        number = self._numbers.number(limit, self._body)
        if number is None:
            return None
        is_counted = self._is_counted_before(counter, branch)
        attempts = number + (0 if is_counted else 1) + (1 if operator in {"<=", ">"} else 0)
        return attempts, ast.unparse(test), self._body.module.location(test)

    def _is_counted_before(self, counter: ast.expr, branch: ast.If) -> bool:
        written = ast.unparse(counter)
        return any(
            isinstance(node, ast.AugAssign)
            and ast.unparse(node.target) == written
            and node.lineno < branch.lineno
            for node in own_nodes(self._body)
        )

    # -- how fast

    def _countdown(self, calls: list[ast.Call]) -> None:
        policy = self._policy
        for call in calls:
            for each in call.keywords:
                if each.arg == "countdown":
                    place = self._body.module.location(each.value)
                    text = f"countdown={ast.unparse(each.value)}"
                    self._read_countdown(each.value, text, place)
                    return
                if each.arg == "eta":
                    place = self._body.module.location(each.value)
                    policy.questions.append((f"eta={ast.unparse(each.value)}: which distance?", place))
                    return
        option = self._job.option("default_retry_delay")
        number = self._numbers.number(option.value, option.scope) if option else CELERY_DELAY
        policy.backoff, policy.base = "fixed", number or CELERY_DELAY
        place = option.scope.module.location(option.value) if option else self._body.module.location(calls[0])
        policy.because("base", f"default_retry_delay={policy.base}", place)

    def _read_countdown(self, value: ast.expr, text: str, place: Location) -> None:
        policy = self._policy
        if (
            isinstance(value, ast.Call) and ast.unparse(value.func) == "min" and len(value.args) == 2  # noqa: PLR2004 -- the growing time and its limit
        ):
            one, other = value.args
            for grows, limit in ((one, other), (other, one)):
                cap = self._numbers.number(limit, self._body)
                if cap is not None:
                    policy.cap, value = cap, grows
                    break
        constant = self._numbers.number(value, self._body)
        first, second, third = (self._numbers.at(value, retries) for retries in range(3))
        if constant is not None:
            policy.backoff, policy.base = "fixed", max(constant, 1)
        elif first is not None and second is not None and third is not None:
            policy.base = max(round(first), 1)
            if (second, third) != (first * 2, first * 4):
                policy.questions.append(
                    (f"{text} gives {first:g}, {second:g}, {third:g} s; exponential doubles each time", place)
                )
        else:
            policy.questions.append((f"{text}: which distance?", place))
            return
        policy.because("base", text, place)

    # -- Celery's own automatic retries

    def _automatic(self) -> None:
        policy = self._policy
        option = self._job.option("autoretry_for")
        if option is None:
            return
        place = option.scope.module.location(option.value)
        names = self.error_names(option.value, option.scope)
        policy.retry_on = () if BROAD & set(names) else tuple(dict.fromkeys((*policy.retry_on, *names)))
        policy.because("retry_on", f"autoretry_for={ast.unparse(option.value)}", place)
        limit = self._job.option("max_retries")
        number = self._numbers.number(limit.value, limit.scope) if limit else CELERY_RETRIES
        policy.max_attempts = max(policy.max_attempts, (number or CELERY_RETRIES) + 1)
        backoff = self._job.option("retry_backoff")
        if backoff is None:
            policy.backoff, policy.base = "fixed", CELERY_DELAY
        else:
            policy.base = self._numbers.number(backoff.value, backoff.scope) or 1

    # -- which errors

    def _errors(self) -> None:
        policy, retried, given_up = self._policy, list[str](), list[str]()
        is_broad = False
        for handler in self._handlers():
            names = self.error_names(handler.type, self._body)
            place = self._body.module.location(handler.body[0])
            if self.retries(handler):
                is_broad = is_broad or bool(BROAD & set(names))
                retried += [] if BROAD & set(names) else names
                policy.because("retry_on", f"except {', '.join(names)}: retried", place)
            elif self.fails(handler) and not BROAD & set(names):
                given_up += names
                policy.because("give_up_on", f"except {', '.join(names)}: not retried", place)
        if not is_broad:
            policy.retry_on = tuple(dict.fromkeys((*policy.retry_on, *retried)))
        policy.give_up_on = tuple(dict.fromkeys(given_up))

    def _handlers(self) -> Iterator[ast.ExceptHandler]:
        for node in own_nodes(self._body):
            if isinstance(node, ast.ExceptHandler) and not self._is_about_retries(node):
                yield node

    @staticmethod
    def _is_about_retries(handler: ast.ExceptHandler) -> bool:
        return handler.type is not None and "MaxRetriesExceededError" in ast.unparse(handler.type)

    def retries(self, handler: ast.ExceptHandler) -> bool:
        """True if a handler tries again."""
        return any(isinstance(node, ast.Call) and self.is_retry(node) for node in ast.walk(handler))

    def fails(self, handler: ast.ExceptHandler) -> bool:
        """True if a handler ends the row."""
        return any(
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Attribute)
            and node.targets[0].attr in STATES
            and any(
                _FAILED.search(word)
                for word in (*text_values(self._project, node.value, self._body), ast.unparse(node.value))
            )
            for node in ast.walk(handler)
        )

    def error_names(self, expression: ast.expr | None, scope: Scope) -> list[str]:
        """The dotted names of the errors that a handler is for; one that has none is a question."""
        names, others = error_names(self._project, expression, scope)
        for each in others:
            text = f"except {ast.unparse(each)}: which errors?"
            self._policy.questions.append((text, scope.module.location(each)))
        return names


def _is_celery(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "retry"
