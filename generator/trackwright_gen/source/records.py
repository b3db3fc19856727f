"""Models in which a project records its work, whatever it calls them: a job log, a run, an import."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator

from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Assigned, Scope, names_of_called
from trackwright_gen.source.values import ClassValue, InstanceValue, Made, Member, ParameterValue, Value

STATUS = re.compile(r"(?:\w+_)?(?:status|state)")
"""What a column that holds a status is called."""
START = re.compile(r"(?:\w+_)?start(?:ed)?(?:_at|_on|_time|_date|_ts)?|started\w*")
END = re.compile(r"(?:\w+_)?(?:finish|end|complete|done)(?:ed|d)?(?:_at|_on|_time|_date|_ts)?")
"""What columns that hold the time of a start or an end are called."""
_WORK = re.compile(
    r"task|job|run|execution|attempt|track(?:ing|er)|import|export|sync|backup|scan|crawl|process|ingest"
    r"|pipeline|workflow|batch|reindex|migration|analysis|build|upload|download|collection|request"
)
_OF_ONE_RUN = re.compile(r"(?:task|job|run|execution|attempt|tracking|tracker)s?$")
"""A class with a name that ends so needs no other mark than its status."""
_TASK_ID = re.compile(r"(?:celery_?|async_?|background_?)?(?:task|job)_?(?:id|uuid)|celery_(?:id|uuid)|task")
_OF_WORK = re.compile(
    r"(?:error|exception|failure|traceback)\w*|\w*_error|attempts?|retries|retry_count|progress\w*"
    r"|results?|logs?|messages?|worker\w*"
)
_COLUMN = re.compile(r"Column|mapped_column|ForeignKey|relationship|(?!Field$)\w*Field")
_MOST_STEPS = 30
"""Longer chains of calls on one query are not met."""


class Records:
    """Knows which classes are records of work, and which class a value is a row or a query of."""

    def __init__(self, resolver: Resolver, is_legacy: Callable[[Scope], bool]) -> None:
        self._resolver = resolver
        self._is_legacy = is_legacy
        self._known: dict[Scope, bool] = {}
        self._handed: dict[tuple[Scope, str], tuple[Scope, ...]] = {}
        self._classes: dict[Value, tuple[Scope, ...]] = {}

    def is_record(self, class_: Scope) -> bool:
        """True for a stored class with a status and other marks of work; a legacy model is none."""
        if class_ not in self._known:
            self._known[class_] = self._shows_work(class_) and not self._is_legacy(class_)
        return self._known[class_]

    def _shows_work(self, class_: Scope) -> bool:
        above = [each.scope for each in self._resolver.ancestors(class_) if isinstance(each, ClassValue)]
        columns = {name for each in above for name in _columns(each)}
        if not any(STATUS.fullmatch(name) for name in columns):
            return False
        if any(_TASK_ID.fullmatch(name) for name in columns):
            return True
        timed = any(map(START.fullmatch, columns)) and any(map(END.fullmatch, columns))
        names = [each.name.lower() for each in above]
        if any(map(_OF_ONE_RUN.search, names)):
            return True
        named = any(map(_WORK.search, names))
        return named and (timed or any(map(_OF_WORK.fullmatch, columns)) or _has_end(columns))

    def classes_of(self, value: Value) -> tuple[Scope, ...]:
        """The classes that a value is a row, a query or a manager of."""
        if value not in self._classes:
            self._classes[value] = tuple(dict.fromkeys(self._classes_of(value, set(), 0)))
        return self._classes[value]

    def _classes_of(self, value: Value, seen: set[Value], steps: int) -> Iterator[Scope]:
        """The same; what many ways lead to is looked at once."""
        if value in seen or steps > _MOST_STEPS:
            return
        seen.add(value)
        match value:
            case InstanceValue(scope) | ClassValue(scope):
                yield scope
            case ParameterValue(name, scope):
                yield from self._handed.get((scope, name), ())
            case Member(of, _):
                yield from self._classes_of(of, seen, steps + 1)
            case Made(_, None, Scope(kind="class") as scope):
                yield scope
            case Made(by, ast.Call() as call, scope):
                for part in (*call.args[:2], *_chain(call.func)):
                    for each in self._resolver.evaluate(part, scope):
                        if isinstance(each, ClassValue | Made):
                            yield from self._classes_of(each, seen, steps + 1)
                yield from self._classes_of(by, seen, steps + 1)
            case _:
                pass

    def note(self, function: Scope, parameter: str, records: Iterable[Scope]) -> None:
        """Remember which records a function is handed as a parameter."""
        known = self._handed.get((function, parameter), ())
        self._handed[function, parameter] = tuple(dict.fromkeys((*known, *records)))
        if self._handed[function, parameter] != known:
            self._classes.clear()

    def records_of(self, expression: ast.expr, scope: Scope) -> list[Scope]:
        """The records of work among the classes that an expression is a row or a query of."""
        values = self._resolver.evaluate(expression, scope)
        found = dict.fromkeys(each for value in values for each in self.classes_of(value))
        return [each for each in found if self.is_record(each)]


def _chain(expression: ast.expr) -> Iterator[ast.expr]:
    """`Run` and `Run.objects` in `Run.objects.get`: a manager of the project hides whose it is."""
    while isinstance(expression, ast.Attribute):
        expression = expression.value
        if isinstance(expression, ast.Name | ast.Attribute):
            yield expression


def _has_end(columns: set[str]) -> bool:
    return any(map(END.fullmatch, columns))


def _columns(class_: Scope) -> Iterator[str]:
    for name, bindings in class_.bindings.items():
        if any(isinstance(each, Assigned) and _is_column(each, class_) for each in bindings):
            yield name


def _is_column(binding: Assigned, class_: Scope) -> bool:
    if isinstance(binding.value, ast.Call):
        called = names_of_called(binding.value, class_)
        if any(map(_COLUMN.fullmatch, called)):
            return True
    return binding.annotation is not None and "Mapped[" in ast.unparse(binding.annotation)
