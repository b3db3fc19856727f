"""The keys of a spec, out of its JSON Schema and the field types."""

from collections.abc import Mapping
from typing import Any

from pieces import code, section, table

from trackwright_gen.spec.field_types import field_types
from trackwright_gen.spec.schema import json_schema

INTRODUCTION = """\
A domain is one YAML file. `trackwright new DOMAIN` writes one with comments; `trackwright schema` prints the JSON
Schema that this page is made from. Unknown keys are errors, all of them told at once.
"""
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_WHERE = {
    "FieldSpec": "fields.NAME",
    "NamesSpec": "names",
    "UniqueSpec": "unique[]",
    "CheckSpec": "checks[]",
    "IndexSpec": "indexes[]",
    "ConditionSpec": "indexes[].where",
    "TaskSpec": "task",
    "TimeoutSpec": "task.timeout",
    "RetrySpec": "task.retry",
    "DependenciesSpec": "dependencies",
    "RetentionSpec": "retention",
    "ApiSpec": "api",
    "LegacySpec": "legacy",
    "AdoptSpec": "adopt",
}


def pages() -> Mapping[str, str]:
    """One page with all keys."""
    schema = json_schema()
    definitions: dict[str, Any] = schema["$defs"]
    parts = [section(2, "The file", _keys(schema))]
    named = [*_WHERE, *sorted(definitions.keys() - _WHERE.keys())]
    parts += [
        section(
            2,
            _WHERE.get(name, name),
            definitions[name].get("description", "") + "\n",
            _keys(definitions[name]),
        )
        for name in named
    ]
    return {"spec.md": section(1, "Specs", INTRODUCTION, *parts, section(2, "Field types", _types()))}


def _keys(schema: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    rows = (
        (code(key), _type(value), _default(value, is_required=key in required), _says(value))
        for key, value in schema["properties"].items()
    )
    return table(("key", "value", "default", "meaning"), rows)


def _type(value: Mapping[str, Any]) -> str:
    if "$ref" in value:
        return _reference(value["$ref"])
    if _names_types(value):
        return "a [type](#field-types)"
    if "enum" in value:
        return " or ".join(code(each) for each in value["enum"])
    for several in ("anyOf", "oneOf"):
        if several in value:
            kinds = dict.fromkeys(_type(each) for each in value[several] if each.get("type") != "null")
            return " or ".join(kinds)
    kind = value.get("type", "anything")
    if kind == "array":
        return f"list of {_type(value.get('items', {}))}"
    if kind == "object":
        return f"mapping{_to(value)}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _to(value: Mapping[str, Any]) -> str:
    inner = value.get("additionalProperties") or next(iter(value.get("patternProperties", {}).values()), None)
    return f" to {_type(inner)}" if isinstance(inner, dict) else ""


def _reference(target: str) -> str:
    name = target.rpartition("/")[2]
    where = _WHERE.get(name, name)
    return f"[{where}](#{_anchor(where)})"


def _anchor(title: str) -> str:
    """As the site's builder makes it."""
    return "".join(each for each in title.lower() if each.isalnum() or each in "_-")


def _default(value: Mapping[str, Any], *, is_required: bool) -> str:
    if is_required:
        return "required"
    match value.get("default"):
        case bool() as flag:
            return code(str(flag).lower())
        case int() as seconds if "smhd" in value.get("pattern", ""):
            return code(_duration(seconds))
        case str() | int() as other:
            return code(other)
        case _:
            return ""


def _duration(seconds: int) -> str:
    unit, size = next((unit, size) for unit, size in _UNITS.items() if seconds % size == 0)
    return f"{seconds // size}{unit}"


def _names_types(value: Mapping[str, Any]) -> bool:
    return "enum" in value and {*value["enum"]} <= {*field_types()}


def _says(value: Mapping[str, Any]) -> str:
    limits = {"minimum": "at least", "maximum": "at most", "minLength": "at least", "maxLength": "at most"}
    said = ", ".join(f"{words} {value[key]}" for key, words in limits.items() if key in value)
    pattern = f"matches {code(value['pattern'])}" if "pattern" in value else ""
    described: str = value.get("description", "")
    if _names_types(value):
        # Each type is described further down; what comes behind them is about the key.
        described = described.rpartition(". ")[2]
    return "; ".join(part for part in (described, said, pattern) if part)


def _types() -> str:
    rows = (
        (code(name), known.summary, ", ".join(_key(key, known.required_keys) for key in sorted(known.keys)))
        for name, known in field_types().items()
    )
    return table(("type", "is", "keys of its own"), rows)


def _key(key: str, required: frozenset[str]) -> str:
    return f"{code(key)} (required)" if key in required else code(key)
