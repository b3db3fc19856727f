"""A body of Python source (a module's, a class's) as its members: whole rows, each known by a name."""

import ast
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from trackwright_gen.merge.rows import Rows
from trackwright_gen.merge.sequence import Unmergeable, Unnamed


@dataclass(frozen=True, slots=True)
class Member:
    """One statement with what stands in front of it.

    Attributes:
        key: what the member is called, the same in every version.
        lead: the comments and empty rows in front of it.
        text: its own rows.
        node: what the parser makes of it.
        rows: the file that it lies in.
        last: the last of its rows.
    """

    key: Hashable
    lead: str
    text: str
    node: ast.stmt = field(compare=False)
    rows: Rows = field(compare=False)
    last: int = field(compare=False)

    @property
    def indent(self) -> str:
        """How far the member is indented."""
        return self.rows.indent(self.node.lineno)


def members_of(rows: Rows, body: Sequence[ast.stmt], *, first: int, last: int) -> tuple[list[Member], str]:
    """The members of a body that lies in some rows, and the rows behind the last of them.

    Raises:
        Unmergeable: a statement shares a row with something else.
    """
    members: list[Member] = []
    done = first - 1
    for number, statement in enumerate(body):
        start = first_row(statement)
        follower = first_row(body[number + 1]) if number + 1 < len(body) else last + 1
        if start <= done or rows.indent(start) != rows.lines[start - 1][: statement.col_offset]:
            raise Unmergeable
        end = _end(rows, statement, follower)
        key = _key(statement, is_first=number == 0)
        lead = rows.between(done + 1, start - 1)
        members.append(Member(key, lead, rows.between(start, end), statement, rows, end))
        done = end
    return members, rows.between(done + 1, last)


def first_row(node: ast.stmt) -> int:
    """The row of a statement's first decorator, else its own."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _end(rows: Rows, statement: ast.stmt, follower: int) -> int:
    """The statement's last row; comments that are indented like its inside belong to it."""
    end = statement.end_lineno or statement.lineno
    for row in range(end + 1, follower):
        if rows.is_comment(row) and len(rows.indent(row)) > statement.col_offset:
            end = row
        elif rows.lines[row - 1].strip():
            break
    return end


def _key(statement: ast.stmt, *, is_first: bool) -> Hashable:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())) if is_first:
            return "docstring"
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return ("def", statement.name, *_variant(statement))
        case ast.ClassDef(name=name):
            return ("class", name)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return ("name", name)
        case ast.ImportFrom(module=module, level=level):
            return ("from", level, module)
        case ast.If(test=test):
            return ("if", ast.dump(test))
        case _:
            return Unnamed(ast.dump(statement))


def _variant(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    """What tells functions of one name apart: a property's setter and deleter, overloads."""
    for decorator in function.decorator_list:
        match decorator:
            case ast.Attribute(value=ast.Name(id=name), attr=kind) if name == function.name:
                return (kind,)
            case ast.Name(id="overload") | ast.Attribute(attr="overload"):
                return ("overload", ast.dump(function.args))
            case _:
                continue
    return ()
