"""The settings, out of their model and the docstrings under its fields."""

import ast
import datetime as dt
import inspect
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pieces import code, section, table
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefinedType

from trackwright_gen import config
from trackwright_gen.config import ExemptionSettings, LintSettings, PathSettings, Settings

INTRODUCTION = """\
Settings stand in `[tool.trackwright]` of `pyproject.toml`, or without that prefix in `trackwright.toml`. The nearest
file at or above what is worked on counts; where both are in one folder, `trackwright.toml` does. Unknown settings are
errors.

```toml
[tool.trackwright]
specs = "tracking"

[tool.trackwright.lint]
extend-select = ["TW406"]
legacy-models = ["app.models:JobStatus"]

[[tool.trackwright.lint.exemptions]]
path = "app/vendor"
kind = "external"
codes = ["TW301"]
reason = "the vendor owns the table"
adapts = "VendorJob"
```
"""
TABLES: dict[str, type[BaseModel]] = {
    "tool.trackwright": Settings,
    "tool.trackwright.paths": PathSettings,
    "tool.trackwright.lint": LintSettings,
    "tool.trackwright.lint.exemptions": ExemptionSettings,
}


def pages() -> Mapping[str, str]:
    """One page with all settings."""
    parts = [section(2, name, _fields(model)) for name, model in TABLES.items()]
    return {"settings.md": section(1, "Settings", INTRODUCTION, *parts)}


def _fields(model: type[BaseModel]) -> str:
    says = _docstrings(model)
    rows = (
        (code(field.alias or name), _type(field.annotation), _default(field), says[name])
        for name, field in model.model_fields.items()
        if not _is_table(field)
    )
    return table(("setting", "type", "default", "meaning"), rows)


def _is_table(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, UnionType}:
        return " or ".join(_type(each) for each in arguments if each is not NoneType)
    if origin is Literal:
        return " or ".join(code(f'"{each}"') for each in arguments)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is tuple:
        return f"list of {_type(arguments[0])}s"
    named = {str: "string", bool: "true or false", int: "number", dt.date: "date", ExemptionSettings: "table"}
    return named.get(annotation) or f"table, see {getattr(annotation, '__name__', annotation)}"


def _default(field: FieldInfo) -> str:
    match field.default:
        case None | PydanticUndefinedType():
            return ""
        case tuple() as values:
            return code(f"[{', '.join(f'{chr(34)}{each}{chr(34)}' for each in values)}]")
        case str() as text:
            return code(f'"{text}"')
        case other:
            return code(str(other).lower())


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The text under each field. A field without one is an error: a setting that nobody explains."""
    tree = ast.parse(inspect.getsource(config))
    (class_,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == model.__name__)
    found: dict[str, str] = {}
    for field, below in zip(class_.body, class_.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
            case _:
                pass
    return found
