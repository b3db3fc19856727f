"""What one traversal of a file leaves: scopes with what their names stand for, calls, uses and imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from trackwright_gen.location import Location

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ScopeNode = ast.Module | ast.ClassDef | FunctionNode


@dataclass(frozen=True, slots=True)
class Imported:
    """A name that an import binds: a module, or an attribute of one."""

    module: str
    attribute: str | None


@dataclass(frozen=True, slots=True)
class Assigned:
    """A name bound to an expression: by assignment, by annotation, or `as` in a `with`."""

    value: ast.expr | None
    annotation: ast.expr | None = None
    entered: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function."""

    annotation: ast.expr | None
    position: int


@dataclass(frozen=True, slots=True)
class Opaque:
    """A name bound to something nobody follows: loops, unpacking, `except ... as`."""

    source: ast.expr | None = None
    """What is looped over, where it is a loop."""


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class or function: what it binds and what happens directly in it."""

    kind: Literal["module", "class", "function"]
    name: str
    qualname: str
    node: ScopeNode
    module: "Module"
    parent: "Scope | None"
    bindings: dict[str, list["Binding"]] = field(default_factory=dict[str, "list[Binding]"])
    global_names: set[str] = field(default_factory=set[str])
    stars: list[str] = field(default_factory=list[str])
    children: list["Scope"] = field(default_factory=list["Scope"])
    calls: list[ast.Call] = field(default_factory=list[ast.Call])
    returns: list[ast.expr] = field(default_factory=list[ast.expr])
    yields: list[ast.expr] = field(default_factory=list[ast.expr])
    targets: list[ast.Attribute] = field(default_factory=list[ast.Attribute])
    """Attributes that are assigned to: `row.status = ...`."""
    attributes: dict[str, list[Assigned]] = field(default_factory=dict[str, "list[Assigned]"])
    """For a class: what its methods assign to `self.<name>`."""

    @property
    def dotted(self) -> str:
        """The qualified name, module included."""
        return f"{self.module.name}.{self.qualname}" if self.qualname else self.module.name

    @property
    def decorators(self) -> list[ast.expr]:
        """The decorator expressions, outermost first; they are evaluated in the parent scope."""
        return [] if isinstance(self.node, ast.Module | ast.Lambda) else self.node.decorator_list

    def walk(self) -> Iterator["Scope"]:
        """This scope and all scopes in it."""
        yield self
        for child in self.children:
            yield from child.walk()


def enclosing_class(scope: Scope) -> Scope | None:
    """The class around a scope, or the scope itself if it is one."""
    inner: Scope | None = scope
    while inner is not None and inner.kind != "class":
        inner = inner.parent
    return inner


def names_of_called(call: ast.Call, scope: Scope) -> tuple[str, ...]:
    """The names that what is called goes by: the one in the call, and the one that it was imported from."""
    match call.func:
        case ast.Attribute(attr=name):
            return (name,)
        case ast.Name(id=name):
            inner: Scope | None = scope
            while inner is not None and name not in inner.bindings:
                inner = inner.parent
            bound = inner.bindings[name] if inner is not None else []
            return (
                name,
                *(each.attribute for each in bound if isinstance(each, Imported) and each.attribute),
            )
        case _:
            return ()


Binding = Imported | Assigned | Parameter | Opaque | Scope


@dataclass(frozen=True, slots=True)
class Use:
    """A name, or a chain of attributes on one, that is read somewhere."""

    expression: ast.Name | ast.Attribute
    scope: Scope
    statement: ast.stmt
    role: Literal["value", "annotation", "base", "decorator"]


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """One name of a `from ... import` statement."""

    statement: ast.ImportFrom
    alias: ast.alias
    module: str
    scope: Scope


@dataclass(slots=True, eq=False)
class Module:
    """A parsed file under the name it is imported by."""

    name: str
    path: Path
    lines: tuple[str, ...]
    is_package: bool
    scope: Scope = field(init=False)
    functions: list[Scope] = field(default_factory=list[Scope])
    classes: list[Scope] = field(default_factory=list[Scope])
    decorator_calls: set[ast.Call] = field(default_factory=set[ast.Call])
    uses: list[Use] = field(default_factory=list[Use])
    imports: list[ImportStatement] = field(default_factory=list[ImportStatement])
    imported_packages: set[str] = field(default_factory=set[str])
    """The first parts of all modules that are imported anywhere in the file."""
    restated: frozenset[int] = frozenset()
    """Rows whose columns are not those of the text: nothing can be edited there."""

    def location(self, node: ast.stmt | ast.expr | ast.alias) -> Location:
        """Where a node stands, columns counted in characters."""
        row, end_row = node.lineno, node.end_lineno or node.lineno
        return Location(
            self.path,
            row,
            self._column(row, node.col_offset),
            end_row,
            self._column(end_row, node.end_col_offset or node.col_offset),
        )

    def name_location(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Location:
        """Where the name of a definition stands."""
        start = self._column(node.lineno, node.col_offset) - 1
        column = self.lines[node.lineno - 1].find(node.name, start + len("def")) + 1
        return Location(self.path, node.lineno, column, node.lineno, column + len(node.name))

    def _column(self, row: int, offset: int) -> int:
        line = self.lines[row - 1] if row <= len(self.lines) else ""
        return len(line.encode()[:offset].decode(errors="replace")) + 1
