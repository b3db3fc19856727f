"""The errors that a handler or an option names, as a spec can name them."""

import ast

from trackwright_gen.source.project import SourceProject
from trackwright_gen.source.scopes import Scope
from trackwright_gen.source.values import ClassValue, External, Missing, Unknown


def error_names(
    project: SourceProject, expression: ast.expr | None, scope: Scope
) -> tuple[list[str], list[ast.expr]]:
    """Their dotted names, and those that have none, as `errors[0]`; a bare `except` is for BaseException."""
    if expression is None:
        return ["BaseException"], []
    kinds = expression.elts if isinstance(expression, ast.Tuple | ast.List) else [expression]
    named = [(each, _name(project, each, scope)) for each in kinds]
    return [name for _, name in named if _is_dotted(name)], [
        each for each, name in named if not _is_dotted(name)
    ]


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def _name(project: SourceProject, expression: ast.expr, scope: Scope) -> str:
    values = project.names.evaluate(expression, scope)
    named = (each for each in values if isinstance(each, External | Missing | ClassValue | Unknown))
    match next(named, None):
        case External(dotted) | Missing(dotted):
            return dotted.removeprefix("builtins.")
        case ClassValue(made):
            return made.dotted
        case Unknown(name):
            return name
        case _:
            return ast.unparse(expression)
