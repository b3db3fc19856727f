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


def choices_of(expression: ast.BoolOp | ast.IfExp) -> list[ast.expr]:
    """The expressions of which one is the value."""
    return expression.values if isinstance(expression, ast.BoolOp) else [expression.body, expression.orelse]


def element_name(owner: ast.expr, key: ast.expr) -> str:
    """What an element that nothing shows goes by: `registry["celery.app"]` names it."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return f"{written(owner)}.{key.value}"
    return "?"
