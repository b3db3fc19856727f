"""What moves a record of work that a project keeps in a table of its own: assignments, updates and new rows."""

import ast
import re
from collections.abc import Iterable, Iterator

from trackwright_gen.source.jobs import Evidence
from trackwright_gen.source.moves import NOTHING, Move, Statuses, called_name
from trackwright_gen.source.records import END, START, STATUS, Records
from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.statuses import ENDED, SOME_END, STARTED, status_of_constant, status_of_text
from trackwright_gen.source.values import (
    ClassValue,
    Display,
    FunctionValue,
    InstanceValue,
    Member,
    Text,
    Value,
)

_SETTER = re.compile(
    r"_*(?:set|update|change|mark|report|save|record)_(?:\w+_)?(?:task|job|run|request|execution|attempt|import|export)"
    r"_(?:status|state)(?:_\w+)?"
)
_WRITES = frozenset({"update", "values", "create", "get_or_create", "update_or_create", "set", "bulk_create"})


class RecordMoves:
    """Reads moves of the project's own records out of calls and assignments."""

    def __init__(self, resolver: Resolver, records: Records) -> None:
        self._resolver = resolver
        self._records = records

    def of_call(self, call: ast.Call, scope: Scope, given: Statuses = NOTHING) -> Move | None:
        """`Run.objects.filter(...).update(status=...)`, `Run(status=...)`, `update(Run).values(...)`."""
        if _SETTER.fullmatch(called_name(call)):
            return self._set_by_name(call, scope, given)
        written = [*_written_in(call), *self._unpacked(call, scope)]
        if not written:
            return None
        records = self._written_by(call.func, scope)
        if not records:
            return None
        statuses = frozenset(
            status for name, value in written for status in self._moved(name, value, scope, given)
        )
        if not statuses:
            return None
        return self._move(records[0], statuses, call.lineno, scope)

    def _written_by(self, called: ast.expr, scope: Scope) -> list[Scope]:
        """The records that a call writes: by a method that does, or by making one; a filter writes nothing."""
        if isinstance(called, ast.Attribute) and called.attr in _WRITES:
            return self._records.records_of(called.value, scope)
        values = self._resolver.evaluate(called, scope)
        made = [each.scope for each in values if isinstance(each, ClassValue)]
        return [each for each in made if self._records.is_record(each)]

    def _set_by_name(self, call: ast.Call, scope: Scope, given: Statuses) -> Move | None:
        """`set_request_state(id, "in_progress")`: the record may be behind an API."""
        values = (*call.args, *(each.value for each in call.keywords))
        statuses = frozenset(status for each in values for status in self._statuses(each, scope, given))
        if not statuses:
            return None
        what = f"{called_name(call)}({' | '.join(sorted(statuses))})"
        return Move(statuses, Evidence(scope.module.path, call.lineno, what), None)

    def of_assignments(self, function: Scope, given: Statuses = NOTHING) -> Iterator[Move]:
        """`run.status = ...` and `run.finished_at = ...` on a row of a record of work."""
        for target, value, row in _assigned_in(function):
            statuses = frozenset(self._moved(target.attr, value, function, given))
            if statuses:
                for record in self._records.records_of(target.value, function)[:1]:
                    yield self._move(record, statuses, row, function)

    def of_models(self, models: Iterable[tuple[Scope, Evidence]]) -> Iterator[Move]:
        """Models whose rows a result backend brings to each state of a task."""
        for model, evidence in models:
            if self._records.is_record(model):
                yield Move(frozenset({STARTED, *ENDED}), evidence, model)

    def _unpacked(self, call: ast.Call, scope: Scope) -> Iterator[tuple[str, ast.expr]]:
        """The columns in a dictionary that was made before: `update(**changes)`, `update(changes)`."""
        handed = (*call.args, *(each.value for each in call.keywords if each.arg in {None, "defaults"}))
        for name in (each for each in handed if isinstance(each, ast.Name)):
            for value in self._resolver.evaluate(name, scope):
                if isinstance(value, Display) and isinstance(value.node, ast.Dict) and value.scope is scope:
                    yield from _items(value.node)
                    yield from _added(name.id, scope)

    def statuses(self, expression: ast.expr, scope: Scope, given: Statuses) -> frozenset[str]:
        """The standard statuses that an expression may stand for."""
        return frozenset(self._statuses(expression, scope, given))

    def note(self, function: Scope, parameter: str, given: ast.expr, scope: Scope) -> None:
        """Remember a row that a function is handed."""
        records = self._records.records_of(given, scope)
        if records:
            self._records.note(function, parameter, records)

    def methods_of(self, value: Value) -> Iterator[Value]:
        """The methods that an attribute of a row may be: `Run.objects.get(id=1).start`."""
        if isinstance(value, Member):
            for class_ in dict.fromkeys(self._records.classes_of(value.of)):
                found = self._resolver.attribute(InstanceValue(class_), value.name)
                yield from (each for each in found if isinstance(each, FunctionValue))

    def _moved(self, name: str, value: ast.expr, scope: Scope, given: Statuses) -> Iterable[str]:
        if STATUS.fullmatch(name):
            return self._statuses(value, scope, given)
        if isinstance(value, ast.Constant) and value.value is None:
            return ()
        if START.fullmatch(name):
            return (STARTED,)
        return (SOME_END,) if END.fullmatch(name) else ()

    def _statuses(self, expression: ast.expr, scope: Scope, given: Statuses) -> Iterator[str]:
        for node in ast.walk(expression):
            match node:
                case ast.Constant(value=str(text)):
                    yield from filter(None, [status_of_text(text)])
                case ast.Attribute(attr=name):
                    yield from filter(None, [status_of_constant(name)])
                case ast.Name(id=name):
                    yield from given.get(name, ())
                    yield from filter(None, [status_of_constant(name)])
                    texts = self._resolver.evaluate(node, scope)
                    yield from filter(
                        None, (status_of_text(each.text) for each in texts if isinstance(each, Text))
                    )
                case _:
                    pass

    @staticmethod
    def _move(record: Scope, statuses: frozenset[str], row: int, scope: Scope) -> Move:
        what = f"{record.name} {' | '.join(sorted(statuses))}"
        return Move(statuses, Evidence(scope.module.path, row, what), record)


def _written_in(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The columns that a call names, with their values; of `{"status": ...}` too."""
    for keyword in call.keywords:
        if keyword.arg == "defaults" and isinstance(keyword.value, ast.Dict):
            yield from _items(keyword.value)
        elif keyword.arg and _is_telling(keyword.arg):
            yield keyword.arg, keyword.value
    for argument in call.args:
        if isinstance(argument, ast.Dict):
            yield from _items(argument)


def _items(mapping: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    for key, value in zip(mapping.keys, mapping.values, strict=True):
        match key:
            case ast.Constant(value=str(name)) | ast.Attribute(attr=name) if _is_telling(name):
                yield name, value
            case _:
                pass


def _added(name: str, scope: Scope) -> Iterator[tuple[str, ast.expr]]:
    """What is put into a dictionary later: `changes["status"] = ...`."""
    for node in ast.walk(scope.node):
        match node:
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=other), slice=ast.Constant(value=str(key)))],
                value=value,
            ) if other == name and _is_telling(key):
                yield key, value
            case _:
                pass


def _is_telling(name: str) -> bool:
    return bool(STATUS.fullmatch(name) or START.fullmatch(name) or END.fullmatch(name))


def _assigned_in(function: Scope) -> Iterator[tuple[ast.Attribute, ast.expr, int]]:
    for node in ast.walk(function.node):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Attribute) and _is_telling(target.attr):
                        yield target, value, node.lineno
            case _:
                pass
