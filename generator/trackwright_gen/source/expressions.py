"""How an expression is written, as a name for what cannot be resolved."""

import ast


def written(expression: ast.expr) -> str:
    """A dotted name for an expression, as near as it has one."""
    match expression:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            return f"{written(owner)}.{name}"
        case ast.Call(func=function):
            return written(function)
        case ast.Subscript(value=owner):
            return written(owner)
        case _:
            return "?"
