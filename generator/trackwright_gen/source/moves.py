"""What moves a tracking row: a call of a service or a shared utility, or a service's own assignment."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trackwright_gen.source.jobs import Evidence
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Scope, names_of_called
from trackwright_gen.source.statuses import STATUSES
from trackwright_gen.source.values import (
    ClassValue,
    External,
    FunctionValue,
    InstanceValue,
    Made,
    Missing,
    Text,
    Value,
    external_name,
)

Statuses = Mapping[str, frozenset[str]]
"""What the parameters of a function may hold, by their names."""
NOTHING: Statuses = {}
_MOVING = frozenset({"handle_task_error", "retry_with_backoff", "update_task_status", "update_status"})


@dataclass(frozen=True, slots=True)
class Move:
    """A place that moves a tracking row, and where to; the domain if a text names it."""

    statuses: frozenset[str]
    evidence: Evidence
    model: Scope | None
    domain: str | None = None


class Moves:
    """Reads moves out of calls and assignments."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def of_call(self, call: ast.Call, scope: Scope, given: Statuses = NOTHING) -> Move | None:
        """What a call itself does to a row, with what the parameters around it hold."""
        name = next((each for each in names_of_called(call, scope) if each in _MOVING), "")
        if name == "handle_task_error":
            return self._made(call, scope, frozenset({"FAILED"}), name)
        if name == "retry_with_backoff" and self._is_utility(call, scope):
            return self._made(call, scope, frozenset({"PENDING"}), name)
        if name == "update_task_status" or (name == "update_status" and self._is_on_tracking(call, scope)):
            values = (*call.args, *(each.value for each in call.keywords if each.arg == "status"))
            statuses = frozenset(status for each in values for status in self.statuses(each, scope, given))
            return self._made(call, scope, statuses, name) if statuses else None
        return None

    def of_assignments(self, function: Scope, given: Statuses = NOTHING) -> Iterator[Move]:
        """What a tracking service's own methods assign: `row.status = "PROCESSING"`."""
        owner = function.parent
        if owner is None or owner.kind != "class" or not self.is_service(ClassValue(owner)):
            return
        for node in ast.walk(function.node):
            match node:
                case ast.Assign(targets=[ast.Attribute(attr="status")], value=value):
                    statuses = self.statuses(value, function, given)
                    if statuses:
                        what = f"status = {' | '.join(sorted(statuses))}"
                        evidence = Evidence(function.module.path, node.lineno, what)
                        yield Move(statuses, evidence, self._model_of(InstanceValue(owner)))
                case _:
                    pass

    def note(self, function: Scope, parameter: str, given: ast.expr, scope: Scope) -> None:
        """Nothing: a tracking service is handed ids, not rows."""

    def of_models(self, _models: Iterable[tuple[Scope, Evidence]]) -> tuple[Move, ...]:
        """Nothing: no result backend brings a tracking row through its statuses."""
        return ()

    def methods_of(self, _value: Value) -> tuple[Value, ...]:
        """Nothing: a tracking service is known by its class, not by what a query gives."""
        return ()

    def _is_utility(self, call: ast.Call, scope: Scope) -> bool:
        """True for a function of tracking utilities, not of a retry library of the same name."""
        return any(
            "track" in (name_of(each) or "") or "handwritten" in (name_of(each) or "")
            for each in self._resolver.evaluate(call.func, scope)
        )

    def _made(self, call: ast.Call, scope: Scope, statuses: frozenset[str], name: str) -> Move:
        what = f"{name}({' | '.join(sorted(statuses))})"
        evidence = Evidence(scope.module.path, call.lineno, what)
        return Move(statuses, evidence, self._service_model(call, scope), self._domain(call, scope))

    def _domain(self, call: ast.Call, scope: Scope) -> str | None:
        """The text of `domain="..."`."""
        for keyword in call.keywords:
            if keyword.arg == "domain":
                for value in self._resolver.evaluate(keyword.value, scope):
                    if isinstance(value, Text):
                        return value.text
        return None

    def _is_on_tracking(self, call: ast.Call, scope: Scope) -> bool:
        """True for a tracking service; where the receiver is unknown, the names have to say so."""
        if not isinstance(call.func, ast.Attribute):
            return False
        receiver = call.func.value
        values = self._resolver.evaluate(receiver, scope)
        if any(self.is_service(value) for value in values):
            return True
        written = [receiver, *call.args[:1], *(each.value for each in call.keywords if each.arg != "status")]
        return any("track" in ast.unparse(each).lower() for each in written)

    def is_service(self, value: Value) -> bool:
        """True for a class or an object whose name, or the name of a class above it, speaks of tracking."""
        match value:
            case InstanceValue(scope) | ClassValue(scope):
                names = [name_of(each) for each in self._resolver.ancestors(scope)]
                return any(name is not None and "track" in name.rpartition(".")[2].lower() for name in names)
            case Made(External(dotted) | Missing(dotted), _, _):
                return "track" in dotted.rpartition(".")[2].lower()
            case _:
                return False

    def _service_model(self, call: ast.Call, scope: Scope) -> Scope | None:
        if not isinstance(call.func, ast.Attribute):
            return None
        models = (self._model_of(each) for each in self._resolver.evaluate(call.func.value, scope))
        return next((each for each in models if each is not None), None)

    def _model_of(self, service: Value) -> Scope | None:
        if isinstance(service, InstanceValue):
            for model in self._resolver.attribute(ClassValue(service.scope), "model"):
                if isinstance(model, ClassValue):
                    return model.scope
        return None

    def statuses(self, expression: ast.expr, scope: Scope, given: Statuses) -> frozenset[str]:
        """The statuses that an expression may stand for, through constants, enums and parameters."""
        found: set[str] = set()
        for node in ast.walk(expression):
            match node:
                case ast.Constant(value=str(text)):
                    found.add(text.upper())
                case ast.Attribute(attr=name):
                    found.add(name.upper())
                case ast.Name(id=name):
                    found.add(name.upper())
                    found |= given.get(name, frozenset())
                    found |= {each.text.upper() for each in self._texts(node, scope)}
                case _:
                    pass
        return frozenset(found & STATUSES)

    def _texts(self, name: ast.Name, scope: Scope) -> list[Text]:
        return [each for each in self._resolver.evaluate(name, scope) if isinstance(each, Text)]


def called_name(call: ast.Call) -> str:
    """The last part of what is called."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def name_of(value: Value) -> str | None:
    """The dotted name of a class or function, or of what made a value."""
    match value:
        case ClassValue(scope) | FunctionValue(scope, _):
            return scope.dotted
        case Made(by, _, _):
            return name_of(by)
        case _:
            return external_name(value)
