"""Small questions to a concrete syntax tree."""

import builtins
from collections.abc import Iterator, Sequence

import libcst as cst

Statements = Sequence[cst.BaseStatement]
BUILTINS = frozenset(dir(builtins))


def code(node: cst.CSTNode) -> str:
    """A node's source."""
    return cst.Module([]).code_for_node(node)


def nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all in it."""
    yield node
    for child in node.children:
        yield from nodes(child)


def names_in(node: cst.CSTNode) -> Iterator[str]:
    """The names that are read or bound in a node; attributes and keywords of calls are none."""
    match node:
        case cst.Name(value):
            yield value
        case cst.Attribute(value=owner):
            yield from names_in(owner)
        case cst.Arg():
            yield from names_in(node.value)
        case cst.Param():
            for part in (node.name, node.annotation, node.default):
                if part is not None:
                    yield from names_in(part)
        case _:
            for child in node.children:
                yield from names_in(child)


def mentions(node: cst.CSTNode, names: set[str]) -> bool:
    """True if a node reads or binds any of the names."""
    return any(name in names for name in names_in(node))


def small(statement: cst.BaseStatement) -> cst.BaseSmallStatement | None:
    """The one statement of a simple line."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        return statement.body[0]
    return None


def line(text: str) -> cst.SimpleStatementLine:
    """A simple statement from its source."""
    parsed = cst.parse_statement(text)
    assert isinstance(parsed, cst.SimpleStatementLine)  # noqa: S101 -- the callers write one line
    return parsed


def with_comments_of(new: cst.SimpleStatementLine, old: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    """A new line in an old one's place: the comments above it and behind it stay."""
    return new.with_changes(leading_lines=old.leading_lines, trailing_whitespace=old.trailing_whitespace)


def is_text(statement: cst.BaseStatement) -> bool:
    """True for a docstring."""
    inner = small(statement)
    return isinstance(inner, cst.Expr) and isinstance(inner.value, cst.SimpleString | cst.ConcatenatedString)


def block(body: cst.BaseSuite) -> Statements:
    """The statements of a block, `if x: return` too."""
    if isinstance(body, cst.IndentedBlock):
        return body.body
    assert isinstance(body, cst.SimpleStatementSuite)  # noqa: S101 -- there are these two
    return [cst.SimpleStatementLine([each]) for each in body.body]


def with_block(body: cst.BaseSuite, statements: Statements) -> cst.BaseSuite:
    """A block with other statements; `pass` where none is left."""
    kept = list(statements) or [line("pass")]
    return body.with_changes(body=kept) if isinstance(body, cst.IndentedBlock) else cst.IndentedBlock(kept)


def call_of(statement: cst.BaseStatement) -> cst.Call | None:
    """The call that a statement is."""
    inner = small(statement)
    return inner.value if isinstance(inner, cst.Expr) and isinstance(inner.value, cst.Call) else None


def method_of(statement: cst.BaseStatement) -> tuple[str, str, cst.Call] | None:
    """Receiver, method and call of a statement like `db.commit()`."""
    call = call_of(statement)
    if call is None or not isinstance(call.func, cst.Attribute):
        return None
    return code(call.func.value), call.func.attr.value, call


def is_bare_raise(statement: cst.BaseStatement) -> bool:
    """True for `raise`."""
    inner = small(statement)
    return isinstance(inner, cst.Raise) and inner.exc is None


_LOGS = ("logger.", "log.", "logging.", "print(", "_logger.", "LOG.")


def is_log(statement: cst.BaseStatement) -> bool:
    """True for a call of a logger, or of print."""
    return call_of(statement) is not None and code(statement).strip().startswith(_LOGS)
