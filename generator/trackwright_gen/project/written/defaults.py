"""Defaults of columns, from the expressions that say them."""

import ast

from trackwright_gen.errors import ToolError
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.tables import text_of
from trackwright_gen.spec.sql import text_literal

_WORDS = {"true": "true", "false": "false", "null": "NULL"}
_MOMENTS = frozenset({"now", "current_timestamp"})


def client_default(node: ast.expr | None) -> str | int | float | bool | None:
    """A literal, or a member of an enum by its name; None for what is worked out per row."""
    match node:
        case ast.Constant(value=str() | int() | float() | bool() as value):
            return value
        case ast.Attribute(value=ast.Attribute(attr=member), attr="value") | ast.Attribute(attr=member) if (
            member.isupper()
        ):
            return member
        case _:
            return None


def server_default(source: SourceFile, node: ast.expr | None) -> str | None:
    """SQL text: `"x"` is a text of that value, `text("now()")` an expression, `func.now()` a call.

    Raises:
        ToolError: it is said in another way.
    """
    match node:
        case None:
            return None
        case ast.Constant(value=str(text)):
            return text_literal(text)
        case ast.Call(func=ast.Name(id="text") | ast.Attribute(attr="text"), args=[argument]) if (
            expression := text_of(argument)
        ):
            return expression
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)) if name in _MOMENTS:
            return "CURRENT_TIMESTAMP"
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in _WORDS:
            return _WORDS[name]
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="func") | ast.Name(id="func"), attr=name), args=[]
        ):
            return f"{name}()"
        case _:
            raise ToolError(
                f"the server default {ast.unparse(node)} cannot be read",
                at=source.at(node),
                hint='write it as text("..."), as the database has it',
            )
