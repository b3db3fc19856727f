"""What each function does with rows of a legacy model: makes them, reads them, assigns to them."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trackwright_gen.lint.rows import comes_from
from trackwright_gen.location import Location
from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.values import ClassValue, Text

STATES = frozenset({"status", "state"})
"""Columns that say how far a task is."""
KINDS = ("task_type", "job_type", "task_kind", "job_kind", "task_name", "kind")
"""Columns that say which task a row is about."""
METADATA = frozenset({"task_metadata", "metadata_", "meta", "extra", "payload", "data", "params"})


@dataclass(frozen=True, slots=True)
class Written:
    """A value that a column of a row is given, and where."""

    column: str
    value: ast.expr
    scope: Scope
    location: Location


@dataclass(frozen=True, slots=True)
class Creation:
    """A new row: `TaskStatus(task_type=..., ...)`."""

    call: ast.Call
    model: Scope
    values: tuple[Written, ...]
    scope: Scope
    location: Location


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one function does with rows of one legacy model."""

    scope: Scope
    model: Scope
    location: Location
    """Its first use of the model, or of a row."""
    creations: tuple[Creation, ...]
    written: tuple[Written, ...]
    """Assignments to a row's columns."""
    kinds: tuple[Written, ...]
    """Texts that its rows' kind is, in creations and in filters."""
    words: tuple[tuple[str, Location], ...]
    """Status words that it writes or asks for."""
    read: tuple[str, ...]
    """Columns that it reads from a row."""


def sightings(project: SourceProject) -> tuple[Sighting, ...]:
    """All functions, and modules' own statements, that have to do with a legacy model; in the order of their places."""
    found: list[Sighting] = []
    for module in project.modules:
        if project.models.may_occur_in(module):
            for scope in (module.scope, *module.functions):
                if not (scope.kind == "function" and scope.parent and scope.parent.kind == "function"):
                    found += _in_function(project, scope)
    return tuple(found)


def _in_function(project: SourceProject, scope: Scope) -> Iterator[Sighting]:
    scopes = tuple(scope.walk()) if scope.kind == "function" else (scope,)
    for model in _models_used(project, scopes):
        reader = _Reader(project, model)
        creations = tuple(each for inner in scopes for each in reader.creations(inner))
        written = tuple(each for inner in scopes for each in reader.assignments(inner))
        filters = tuple(each for inner in scopes for each in reader.filters(inner))
        places = [
            *(each.location for each in creations),
            *(each.location for each in written),
            *(place for inner in scopes for place in reader.places(inner)),
        ]
        given = (*(value for each in creations for value in each.values), *written, *filters)
        yield Sighting(
            scope=scope,
            model=model,
            location=min(places),
            creations=creations,
            written=written,
            kinds=tuple(each for each in given if each.column in KINDS and texts(project, each)),
            words=tuple(
                (word, each.location)
                for each in given
                if each.column in STATES
                for word in texts(project, each)
            ),
            read=tuple(dict.fromkeys(name for inner in scopes for name in reader.reads(inner))),
        )


def texts(project: SourceProject, written: Written) -> tuple[str, ...]:
    """The texts that a value may be: literals, constants, members of an enum."""
    return text_values(project, written.value, written.scope)


def text_values(project: SourceProject, expression: ast.expr, scope: Scope) -> tuple[str, ...]:
    """The texts that an expression may be."""
    inner = expression
    if isinstance(inner, ast.Attribute) and inner.attr == "value":
        inner = inner.value
    found = [each.text for each in project.names.evaluate(inner, scope) if isinstance(each, Text)]
    return tuple(dict.fromkeys(found))


def model_of(project: SourceProject, expression: ast.expr, scope: Scope) -> Scope | None:
    """The legacy model that an expression names, or names an attribute of."""
    part = project.models.legacy_part(expression, scope)
    if part is None:
        return None
    values = project.names.evaluate(part, scope)
    return next((each.scope for each in values if isinstance(each, ClassValue)), None)


def _models_used(project: SourceProject, scopes: Iterable[Scope]) -> list[Scope]:
    wanted = set(scopes)
    module = next(iter(wanted)).module
    found: dict[Scope, None] = {}
    for use in module.uses:
        if use.scope in wanted and use.role == "value":
            model = model_of(project, use.expression, use.scope)
            if model is not None:
                found[model] = None
    return list(found)


class _Reader:
    """Reads the uses of one model."""

    def __init__(self, project: SourceProject, model: Scope) -> None:
        self._project = project
        self._model = model

    def creations(self, scope: Scope) -> Iterator[Creation]:
        """Calls of the model."""
        for call in scope.calls:
            if self._names_model(call.func, scope, exactly=True):
                values = tuple(
                    Written(each.arg, each.value, scope, scope.module.location(each.value))
                    for each in call.keywords
                    if each.arg
                )
                yield Creation(call, self._model, values, scope, scope.module.location(call))

    def assignments(self, scope: Scope) -> Iterator[Written]:
        """`row.column = value` and `row.column += value`."""
        for node in own_nodes(scope):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AugAssign)
                else []
            )
            for target in targets:
                if isinstance(target, ast.Attribute) and self.is_row(target.value, scope):
                    assert isinstance(node, ast.Assign | ast.AugAssign)  # noqa: S101 -- by the lines above
                    yield Written(target.attr, node.value, scope, scope.module.location(node))

    def filters(self, scope: Scope) -> Iterator[Written]:
        """`TaskStatus.task_type == "x"`, `filter_by(task_type="x")`."""
        for node in own_nodes(scope):
            match node:
                case ast.Compare(left=ast.Attribute(attr=name) as left, comparators=[value]):
                    if self._names_model(left, scope) or self.is_row(left.value, scope):
                        yield Written(name, value, scope, scope.module.location(node))
                case ast.Call(func=ast.Attribute(attr="filter_by"), keywords=keywords):
                    if self.is_row(node, scope):
                        yield from (
                            Written(each.arg, each.value, scope, scope.module.location(each.value))
                            for each in keywords
                            if each.arg
                        )
                case _:
                    pass

    def reads(self, scope: Scope) -> Iterator[str]:
        """Columns read from a row."""
        for node in own_nodes(scope):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Load)
                and isinstance(node.value, ast.Name)
                and not self._names_model(node.value, scope)
                and self.is_row(node.value, scope)
            ):
                yield node.attr

    def places(self, scope: Scope) -> Iterator[Location]:
        """Where the model is named."""
        for use in scope.module.uses:
            if use.scope is scope and use.role == "value" and self._names_model(use.expression, scope):
                yield scope.module.location(use.expression)

    def is_row(self, expression: ast.expr, scope: Scope) -> bool:
        """True for what was made or queried as a row of the model."""
        return comes_from(self._project.names, expression, scope, lambda each: self._names_model(each, scope))

    def _names_model(self, expression: ast.expr, scope: Scope, *, exactly: bool = False) -> bool:
        part = self._project.models.legacy_part(expression, scope)
        if part is None or (exactly and part is not expression):
            return False
        return model_of(self._project, expression, scope) is self._model


def own_nodes(scope: Scope) -> Iterator[ast.AST]:
    """All nodes of a scope that are not of a function or class in it."""
    inner = {child.node for child in scope.children}
    waiting: list[ast.AST] = list(ast.iter_child_nodes(scope.node))
    while waiting:
        node = waiting.pop(0)
        if node not in inner:
            yield node
            waiting[:0] = ast.iter_child_nodes(node)


def legacy_models(project: SourceProject) -> Iterator[tuple[Module, Scope]]:
    """The definitions of legacy models."""
    for module in project.modules:
        for class_ in module.classes:
            if project.models.is_legacy_class(class_):
                yield module, class_
