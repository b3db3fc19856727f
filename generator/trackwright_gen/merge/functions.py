"""A function in three versions: decorators by their arguments, signature and body by their lines."""

import ast
from collections.abc import Hashable
from dataclasses import dataclass, field

from trackwright_gen.merge.elements import bracket_of, merged_brackets
from trackwright_gen.merge.members import Member, first_row
from trackwright_gen.merge.rows import Rows
from trackwright_gen.merge.sequence import Sides, Unmergeable, merge_sequences

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class _Decorator:
    key: Hashable
    text: str
    node: ast.expr = field(compare=False)
    rows: Rows = field(compare=False)
    indent: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """A function's text in three parts, each of whole rows."""

    decorators: tuple[_Decorator, ...]
    signature: str
    body: str


def parts_of(member: Member) -> Parts:
    """Take a function apart.

    Raises:
        Unmergeable: it stands in one row, or has comments among its decorators.
    """
    node, rows = member.node, member.rows
    if not isinstance(node, Function) or first_row(node.body[0]) <= node.lineno:
        raise Unmergeable
    decorators: list[_Decorator] = []
    row = first_row(node)
    for each in node.decorator_list:
        if each.lineno != row:
            raise Unmergeable
        row = (each.end_lineno or each.lineno) + 1
        key = ast.dump(each.func if isinstance(each, ast.Call) else each)
        decorators.append(_Decorator(key, rows.between(each.lineno, row - 1), each, rows, member.indent))
    if row != node.lineno:
        raise Unmergeable
    inside = first_row(node.body[0])
    return Parts(tuple(decorators), rows.between(node.lineno, inside - 1), rows.between(inside, member.last))


def merged_decorators(base: Parts, new: Parts, yours: Parts) -> str:
    """The decorators with both sides' arguments.

    Raises:
        Unmergeable: both sides changed one argument.
    """
    merged = merge_sequences((base.decorators, new.decorators, yours.decorators), _both)
    return "".join(decorator.text for decorator in merged)


def _both(item: Sides[_Decorator]) -> _Decorator | None:
    if item.base is None or item.new is None or item.yours is None:
        raise Unmergeable
    brackets = [
        bracket_of(
            each.rows, each.node, first=each.node.lineno, last=each.node.end_lineno or each.node.lineno
        )
        for each in (item.base, item.new, item.yours)
    ]
    own = item.yours
    text = merged_brackets(brackets[0], brackets[1], brackets[2], indent=own.indent)
    return _Decorator(own.key, text, own.node, own.rows, own.indent)
