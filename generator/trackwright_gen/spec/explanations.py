"""What is wrong with a part of a spec, in words: one explanation for each kind of the model's mistakes."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from trackwright_gen.errors import ToolError
from trackwright_gen.spec import model
from trackwright_gen.spec.naming_rules import name_mistake
from trackwright_gen.spec.nearest import did_you_mean, nearest
from trackwright_gen.spec.places import Places, Side

_KEY_MARK = "[key]"


def explain(detail: ErrorDetails, places: Places) -> ToolError:
    """One mistake of the model, with its place in the file."""
    path = tuple(part for part in detail["loc"] if part != _KEY_MARK)
    kind = detail["type"]
    if kind == "extra_forbidden":
        known = _known_keys(path[:-1])
        return places.error(
            path,
            f"{_dotted(path[:-1])} has no key {path[-1]!r}",
            hint=did_you_mean(str(path[-1]), known),
            side="key",
        )
    if kind == "missing":
        return places.error(path[:-1], f"{_dotted(path[:-1])} needs the key {path[-1]!r}", side="key")
    message, hint = _EXPLANATIONS.get(kind, _other)(detail)
    side: Side = "key" if _KEY_MARK in detail["loc"] else "value"
    return places.error(path, f"{_dotted(path)}: {message}", hint=hint, side=side)


def _dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the spec"


def _known_keys(path: tuple[str | int, ...]) -> list[str]:
    found: type[BaseModel] | None = model.DomainSpec
    for part in path:
        if isinstance(part, int) or found is None:
            continue
        found = _NESTED.get((found, part), found)
    return [field.alias or name for name, field in (found or model.DomainSpec).model_fields.items()]


_NESTED: Mapping[tuple[type[BaseModel], str], type[BaseModel]] = {
    (model.DomainSpec, "fields"): model.FieldSpec,
    (model.DomainSpec, "names"): model.NamesSpec,
    (model.DomainSpec, "unique"): model.UniqueSpec,
    (model.DomainSpec, "checks"): model.CheckSpec,
    (model.DomainSpec, "indexes"): model.IndexSpec,
    (model.IndexSpec, "where"): model.ConditionSpec,
    (model.DomainSpec, "task"): model.TaskSpec,
    (model.TaskSpec, "timeout"): model.TimeoutSpec,
    (model.TaskSpec, "retry"): model.RetrySpec,
    (model.DomainSpec, "dependencies"): model.DependenciesSpec,
    (model.DomainSpec, "retention"): model.RetentionSpec,
    (model.DomainSpec, "api"): model.ApiSpec,
    (model.DomainSpec, "legacy"): model.LegacySpec,
    (model.DomainSpec, "adopt"): model.AdoptSpec,
}

Explained = tuple[str, str | None]


def _own(detail: ErrorDetails) -> Explained:
    return str(detail.get("ctx", {}).get("error", detail["msg"])), None


def _pattern(detail: ErrorDetails) -> Explained:
    return name_mistake(str(detail["input"]), detail.get("ctx", {})["pattern"])


def _literal(detail: ErrorDetails) -> Explained:
    expected = detail.get("ctx", {})["expected"]
    choices = [choice.strip("'") for choice in expected.replace(" or ", ", ").split(", ")]
    return f"{_shown(detail['input'])} is not one of {', '.join(choices)}", nearest(
        str(detail["input"]), choices
    )


def _wanted(what: str) -> Callable[[ErrorDetails], Explained]:
    def explained(detail: ErrorDetails) -> Explained:
        if detail["input"] is None:
            return f"there is no value; {what} is wanted", "give it a value, or delete the key"
        return f"{what} is wanted, not {_shown(detail['input'])}", None

    return explained


def _bound(word: str, key: str) -> Callable[[ErrorDetails], Explained]:
    return lambda detail: (
        f"{detail['input']} is too {word}: {detail.get('ctx', {})[key]} at the {_END[word]}",
        None,
    )


_END = {"small": "least", "large": "most"}


def _too_short(detail: ErrorDetails) -> Explained:
    del detail
    return "the list is empty", "name at least one, or delete the key"


def _other(detail: ErrorDetails) -> Explained:
    return detail["msg"], None


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "a list"
    return "a mapping" if isinstance(value, dict) else repr(str(value))


_EXPLANATIONS: Mapping[str, Callable[[ErrorDetails], Explained]] = {
    "value_error": _own,
    "string_pattern_mismatch": _pattern,
    "literal_error": _literal,
    "string_type": _wanted("text"),
    "bool_type": _wanted("true or false"),
    "bool_parsing": _wanted("true or false"),
    "int_type": _wanted("a number"),
    "int_parsing": _wanted("a number"),
    "dict_type": _wanted("a mapping"),
    "model_type": _wanted("a mapping"),
    "tuple_type": _wanted("a list"),
    "too_short": _too_short,
    "greater_than_equal": _bound("small", "ge"),
    "less_than_equal": _bound("large", "le"),
}
