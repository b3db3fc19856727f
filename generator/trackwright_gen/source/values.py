"""What an expression may stand for, as far as reading can tell."""

import ast
from dataclasses import dataclass

from trackwright_gen.source.scopes import Module, Scope


@dataclass(frozen=True, slots=True)
class External:
    """A module or object outside the project, by its dotted name."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that a module of the project should have, but no file shows."""

    dotted: str


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """A module of the project."""

    module: Module


@dataclass(frozen=True, slots=True)
class ClassValue:
    """A class of the project."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function of the project; for a method, with the class it was looked up on."""

    scope: Scope
    owner: Scope | None = None


@dataclass(frozen=True, slots=True)
class InstanceValue:
    """An instance of a class of the project."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Made:
    """What calling something that is not followed gives; `call` is None for "an instance of"."""

    by: "Value"
    call: ast.Call | None
    scope: Scope


@dataclass(frozen=True, slots=True)
class Member:
    """An attribute of something that is not followed."""

    of: "Value"
    name: str


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A parameter whose annotation says nothing."""

    name: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    text: str


@dataclass(frozen=True, slots=True)
class Display:
    """A list, tuple, set or dictionary that is spelled out."""

    node: ast.List | ast.Tuple | ast.Set | ast.Dict
    scope: Scope


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something unresolved, with the name it goes by in the code."""

    name: str


Value = (
    External
    | Missing
    | ModuleValue
    | ClassValue
    | FunctionValue
    | InstanceValue
    | Made
    | Member
    | ParameterValue
    | Text
    | Display
    | Unknown
)


def external_name(value: Value) -> str | None:
    """The dotted name of something outside the project, or of an attribute of it."""
    match value:
        case External(dotted) | Missing(dotted):
            return dotted
        case Member(of, name):
            owner = external_name(of)
            return f"{owner}.{name}" if owner else None
        case _:
            return None
