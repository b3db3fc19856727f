"""What is to be done to one file, by the rows of its statements; done all at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from trackwright_gen.codemods.task.imports import add_imports, drop_imports, drop_unused
from trackwright_gen.codemods.task.tree import code, line


@dataclass(slots=True)
class FileEdits:
    """Edits of one file.

    Attributes:
        statements: row of a simple statement -> what stands in its place; nothing takes it away.
        expressions: from row, to row, an expression and what stands in its place there.
        imports: module and name of what the file needs.
        gone: names that it may need no longer.
        removed: top-level functions and classes that go.
        moved: names whose import leads to what moved away: it goes, whatever uses the name.
    """

    statements: dict[int, list[str]] = field(default_factory=dict[int, "list[str]"])
    expressions: list[tuple[int, int, str, str]] = field(default_factory=list["tuple[int, int, str, str]"])
    imports: set[tuple[str, str]] = field(default_factory=set["tuple[str, str]"])
    gone: set[str] = field(default_factory=set[str])
    removed: set[str] = field(default_factory=set[str])
    moved: set[str] = field(default_factory=set[str])

    def add(self, other: "FileEdits") -> None:
        """Take in another task's edits of the same file."""
        self.statements |= other.statements
        self.expressions += other.expressions
        self.imports |= other.imports
        self.gone |= other.gone
        self.removed |= other.removed
        self.moved |= other.moved


def with_statements(text: str, edits: FileEdits) -> cst.Module:
    """The file with its statements and expressions edited; functions and imports are still as they were."""
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    return wrapper.visit(_Edit(edits)) if edits.statements or edits.expressions else wrapper.module


def finished(module: cst.Module, edits: FileEdits, own: str) -> cst.Module:
    """The file without what moved away, its imports in order; `own` is the project's top package."""
    if edits.removed:
        kept = [each for each in module.body if not _is_one_of(each, edits.removed)]
        module = module.with_changes(body=kept)
    module = drop_imports(module, edits.moved)
    module = add_imports(module, sorted(edits.imports), own)
    return drop_unused(module, edits.gone)


def _is_one_of(statement: cst.CSTNode, names: set[str]) -> bool:
    return isinstance(statement, cst.FunctionDef | cst.ClassDef) and statement.name.value in names


class _Edit(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: FileEdits) -> None:
        super().__init__()
        self._edits = edits

    def leave_SimpleStatementLine(  # noqa: N802 -- LibCST's name
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement] | cst.RemovalSentinel:
        """Replace, take away or keep a statement."""
        row = self._row(original_node)
        if row not in self._edits.statements:
            return updated_node
        new = [line(each) for each in self._edits.statements[row]]
        if not new:
            return cst.RemoveFromParent()
        new[0] = new[0].with_changes(leading_lines=updated_node.leading_lines)
        new[-1] = new[-1].with_changes(trailing_whitespace=updated_node.trailing_whitespace)
        return cst.FlattenSentinel(new)

    def leave_Attribute(  # noqa: N802 -- LibCST's name
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        """Replace an expression where it is meant."""
        row = self._row(original_node)
        for first, last, old, new in self._edits.expressions:
            if first <= row <= last and code(original_node) == old:
                return cst.parse_expression(new)
        return updated_node

    def _row(self, node: cst.CSTNode) -> int:
        place: Any = self.get_metadata(PositionProvider, node)
        row: int = place.start.line
        return row


def function_named(module: cst.Module, name: str) -> cst.FunctionDef | None:
    """A top-level function."""
    found: Sequence[cst.CSTNode] = module.body
    for statement in found:
        if isinstance(statement, cst.FunctionDef) and statement.name.value == name:
            return statement
    return None
