"""Small changes of a module's behaviour, one at a time: each should make a good test fail.

The operators are those of cosmic-ray (comparisons, numbers, keywords, `not`, decorators, exceptions), and what thin
code is made of besides: statements, arguments and results left out. Docstrings, annotations and imports stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

_COMPARISONS: dict[type[cst.BaseCompOp], cst.BaseCompOp] = {
    cst.Equal: cst.NotEqual(),
    cst.NotEqual: cst.Equal(),
    cst.LessThan: cst.GreaterThanEqual(),
    cst.GreaterThan: cst.LessThanEqual(),
    cst.Is: cst.IsNot(),
    cst.In: cst.NotIn(),
}
_WORDS = {"True": "False", "False": "True", "None": "False"}


@dataclass(frozen=True)
class Mutant:
    """One change: where, what, and the module's text with it."""

    row: int
    what: str
    text: str


@dataclass(frozen=True)
class _Change:
    """A node, and what stands in its place."""

    node: cst.CSTNode
    other: cst.CSTNode | None
    what: str


def mutants_of(text: str) -> tuple[Mutant, ...]:
    """All mutants of a module, in the order of its text."""
    wrapper = MetadataWrapper(cst.parse_module(text))
    positions = wrapper.resolve(PositionProvider)
    finder = _Finder()
    wrapper.module.visit(finder)
    found = []
    for change in finder.changes:
        mutated = _carried_out(change, wrapper.module)
        if mutated.code != text:
            found.append(Mutant(positions[change.node].start.line, change.what, mutated.code))
    return tuple(sorted(found, key=lambda mutant: mutant.row))


def _carried_out(change: _Change, module: cst.Module) -> cst.Module:
    changed = (
        module.deep_remove(change.node)
        if change.other is None
        else module.deep_replace(change.node, change.other)
    )
    assert isinstance(changed, cst.Module)
    return changed


class _Finder(cst.CSTVisitor):
    """Collects changes; does not enter what does not run."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[_Change] = []

    def visit_Annotation(self, node: cst.Annotation) -> bool:  # noqa: N802 -- LibCST's names, here and below
        del node
        return False

    def visit_Import(self, node: cst.Import) -> bool:  # noqa: N802
        del node
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:  # noqa: N802
        del node
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: N802
        for statement in node.body.body:
            statement.visit(self)
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802
        for parameter in (*node.params.params, *node.params.kwonly_params):
            if parameter.default is not None:
                parameter.default.visit(self)
        for decorator in node.decorators:
            decorator.visit(self)
            self._add(decorator, None, "a decorator left out")
        node.body.visit(self)
        return False

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:  # noqa: N802
        match node.body:
            case [cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())] | [cst.Pass()]:
                return False
            case [cst.Return(value=cst.BaseExpression())]:
                self._add(node, _line(cst.Return(cst.Name("None"))), "nothing returned")
            case [cst.Raise() | cst.Expr() | cst.Del()]:
                self._add(node, _line(cst.Pass()), "a statement left out")
            case _:
                pass
        return True

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        for position, argument in enumerate(node.args):
            name = argument.keyword.value if argument.keyword else f"no. {position + 1}"
            left = _without(node.args, position)
            self._add(node, node.with_changes(args=left), f"the argument {name} left out")

    def visit_ComparisonTarget(self, node: cst.ComparisonTarget) -> None:  # noqa: N802
        other = _COMPARISONS.get(type(node.operator))
        if other is not None:
            self._add(node, node.with_changes(operator=other), f"{type(other).__name__} instead")

    def visit_Integer(self, node: cst.Integer) -> None:  # noqa: N802
        for step in (1, -1):
            number = int(node.value) + step
            value = cst.Integer(str(number)) if number >= 0 else cst.parse_expression(f"({number})")
            self._add(node, value, f"{number} instead of {node.value}")

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802
        if node.value in _WORDS:
            self._add(node, cst.Name(_WORDS[node.value]), f"{_WORDS[node.value]} instead of {node.value}")

    def visit_SimpleString(self, node: cst.SimpleString) -> None:  # noqa: N802
        self._add(node, cst.SimpleString('"mutated"'), f"another text than {node.value}")

    def visit_Attribute(self, node: cst.Attribute) -> bool:  # noqa: N802
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:  # noqa: N802
        node.value.visit(self)
        return False

    def _add(self, node: cst.CSTNode, other: cst.CSTNode | None, what: str) -> None:
        self.changes.append(_Change(node, other, what))


def _line(statement: cst.BaseSmallStatement) -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine([statement])


def _without(arguments: Sequence[cst.Arg], position: int) -> list[cst.Arg]:
    return [argument for index, argument in enumerate(arguments) if index != position]
