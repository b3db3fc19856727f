"""Tracking tables of a project: which models are ones, what columns they have, which base they stand on."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from trackwright_gen.source.resolver import Resolver
from trackwright_gen.source.scopes import Assigned, Module, Scope, names_of_called
from trackwright_gen.source.search import Search
from trackwright_gen.source.values import (
    ClassValue,
    External,
    Made,
    Missing,
    Text,
    Unknown,
    Value,
    external_name,
)

CORE_COLUMNS = (
    *("id", "status", "created_at", "updated_at", "started_at", "completed_at"),
    *("error_message", "attempts", "max_attempts", "celery_task_id"),
)
"""Principles 2.3."""
TABLE_NAME = re.compile(r"(?P<domain>[a-z][a-z0-9_]{0,36})_task_tracking")
_SUFFIXES = ("_task_tracking", "_tracking")
_BASES = frozenset({"TaskTrackingMixin", "BaseTaskTracking"})
_SHAPE = re.compile(
    rb"_tracking['\"]|^[ \t]*class[ \t]+\w*Track\w*[ \t]*\(|\([^)\n]*(?:TaskTracking)", re.MULTILINE
)
_HINTS = (b"_tracking", b"Track")
_OF_WORK = frozenset({"celery_task_id", "attempts", "max_attempts", "error_message"})
_PLAIN_BASE = re.compile(
    r"(?:.*\.)?(?:\w*Base|DeclarativeBase\w*|Model|SQLModel|object|MappedAsDataclass|Generic)"
)
_COLUMNS = frozenset({"Column", "mapped_column", "Field"})
_MANY = 6
"""So many core columns make an abstract class the project's own base."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a class declares it."""

    attribute: str
    name: str
    call: ast.Call | None
    owner: Scope


@dataclass(frozen=True, slots=True)
class Table:
    """A tracking model: its class, its table's name, the columns it has of its own and from classes above."""

    scope: Scope
    name: str
    columns: dict[str, Column]
    on_base: bool
    """True if it stands on the tracking base, whoever wrote that."""
    is_whole: bool
    """True if all classes above it are known, so that a column that is not seen is not there."""

    @property
    def domain(self) -> str:
        """The domain that the table's name says."""
        for suffix in _SUFFIXES:
            if self.name.endswith(suffix):
                return self.name.removesuffix(suffix)
        return self.name

    @property
    def node(self) -> ast.ClassDef:
        """The class statement."""
        return statement_of_class(self.scope)


class Tables:
    """Finds and reads tracking models."""

    def __init__(self, resolver: Resolver, search: Search) -> None:
        self._resolver = resolver
        self._search = search

    @cached_property
    def tracking(self) -> tuple[Table, ...]:
        """All tracking tables of the files that are reported on."""
        found = (self._tracking(class_) for module in self._modules for class_ in module.classes)
        return tuple(each for each in found if each is not None)

    @cached_property
    def bases(self) -> tuple[Table, ...]:
        """Abstract bases of tracking tables that the project wrote by itself."""
        return tuple(
            Table(class_, "", self.columns(class_), on_base=False, is_whole=self._is_whole(class_))
            for module in self._modules
            for class_ in module.classes
            if self._is_own_base(class_)
        )

    @cached_property
    def _modules(self) -> tuple[Module, ...]:
        return self._search.kept(_SHAPE, hints=_HINTS)

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """The domains that have a table."""
        self._search.asks_of_all()
        return tuple(dict.fromkeys(table.domain for table in self.tracking))

    def of(self, class_: Scope) -> Table | None:
        """The tracking table of a class of any file, if it is a model of one."""
        return self._tracking(class_)

    def table_name(self, class_: Scope) -> str | None:
        """What `__tablename__` says."""
        values = self._resolver.attribute(ClassValue(class_), "__tablename__")
        return next((each.text for each in values if isinstance(each, Text)), None)

    def columns(self, class_: Scope) -> dict[str, Column]:
        """All columns by their names, inherited ones too."""
        found: dict[str, Column] = {}
        for ancestor in reversed(self._resolver.ancestors(class_)):
            if isinstance(ancestor, ClassValue):
                found |= {each.name: each for each in _own_columns(ancestor.scope)}
        return found

    def _tracking(self, class_: Scope) -> Table | None:
        if not isinstance(class_.node, ast.ClassDef):
            return None
        name = self.table_name(class_)
        if name is None:
            return None
        on_base = any(self._is_base(each) for each in self._resolver.ancestors(class_)[1:])
        columns = self.columns(class_)
        if (
            on_base
            or name.endswith("_task_tracking")
            or (name.endswith("_tracking") and _is_of_work(columns))
        ):
            return Table(class_, name, columns, on_base, self._is_whole(class_))
        return None

    def _is_base(self, value: Value) -> bool:
        name = _last(value)
        if name in _BASES:
            return True
        return isinstance(value, ClassValue) and self._is_own_base(value.scope)

    def _is_own_base(self, class_: Scope) -> bool:
        """True for an abstract class with the core columns, or of the base's name, that trackwright did not make."""
        if any(_last(each) == "TaskTrackingMixin" for each in self._resolver.ancestors(class_)):
            return False
        if self.table_name(class_) is not None:
            return False
        columns = _own_columns(class_)
        core = [each for each in columns if each.name in CORE_COLUMNS]
        return (class_.name in _BASES and bool(columns)) or (
            len(core) >= _MANY and "__abstract__" in class_.bindings
        )

    def _is_whole(self, class_: Scope) -> bool:
        return all(
            isinstance(each, ClassValue) or bool(_PLAIN_BASE.fullmatch(_name(each)))
            for each in self._resolver.ancestors(class_)
        )


def statement_of_class(class_: Scope) -> ast.ClassDef:
    """The statement of a class's scope."""
    assert isinstance(class_.node, ast.ClassDef)  # noqa: S101 -- class scopes come from class statements only
    return class_.node


def _is_of_work(columns: dict[str, Column]) -> bool:
    """A parcel has a status too; only work has attempts, an error, or a start and an end."""
    return bool(columns.keys() & _OF_WORK) or ("status" in columns and columns.keys() >= {"started_at"})


def _own_columns(class_: Scope) -> list[Column]:
    found: list[Column] = []
    for attribute, bindings in class_.bindings.items():
        for binding in bindings:
            if isinstance(binding, Assigned) and _is_column(binding, class_):
                call = binding.value if isinstance(binding.value, ast.Call) else None
                found.append(Column(attribute, _column_name(attribute, call), call, class_))
            elif isinstance(binding, Scope) and any(
                "declared_attr" in ast.unparse(each) for each in binding.decorators
            ):
                found.append(Column(attribute, attribute, None, class_))
    return found


def _is_column(binding: Assigned, class_: Scope) -> bool:
    if isinstance(binding.value, ast.Call) and not _COLUMNS.isdisjoint(
        names_of_called(binding.value, class_)
    ):
        return True
    return binding.annotation is not None and ast.unparse(binding.annotation).rpartition(".")[2].startswith(
        "Mapped["
    )


def _column_name(attribute: str, call: ast.Call | None) -> str:
    if call is not None and call.args:
        first = call.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
    return attribute


def _name(value: Value) -> str:
    match value:
        case Made(by, _, _):
            return "Base" if (external_name(by) or "").endswith("declarative_base") else "?"
        case External(dotted) | Missing(dotted):
            return dotted
        case Unknown(name):
            return name
        case _:
            return getattr(value, "name", "?")


def _last(value: Value) -> str:
    return value.scope.name if isinstance(value, ClassValue) else _name(value).rpartition(".")[2]


def names_of_tables(text: str) -> Iterator[str]:
    """The table in a foreign key's `table.column` or `schema.table.column`."""
    parts = text.split(".")
    if len(parts) > 1:
        yield parts[-2]
