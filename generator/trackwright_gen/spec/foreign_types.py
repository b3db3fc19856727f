"""The types of the project's own columns, read from their source, as keys of a field."""

import ast
from collections.abc import Mapping
from typing import Any

_NAMES: Mapping[str, str] = {
    **dict.fromkeys(
        ("string", "varchar", "unicode", "char", "nvarchar", "nchar", "str", "autostring"), "string"
    ),
    **dict.fromkeys(("text", "unicodetext", "citext"), "text"),
    **dict.fromkeys(("integer", "int", "smallinteger", "smallint"), "integer"),
    **dict.fromkeys(("biginteger", "bigint"), "bigint"),
    **dict.fromkeys(("uuid", "guid"), "uuid"),
    **dict.fromkeys(("numeric", "decimal"), "decimal"),
    **dict.fromkeys(("float", "double", "real", "double_precision"), "float"),
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    **dict.fromkeys(("datetime", "timestamp", "utcdatetime"), "datetime"),
    "date": "date",
    "interval": "interval",
    "timedelta": "interval",
    "largebinary": "bytes",
    "bytes": "bytes",
}
_ARGUMENTS: Mapping[str, tuple[str, ...]] = {"string": ("length",), "decimal": ("precision", "scale")}
_FAMILIES: Mapping[str, str] = {"string": "text", "enum": "text", "bigint": "integer"}


def family_of(type_name: str) -> str:
    """Types of one family can refer to each other."""
    return _FAMILIES.get(type_name, type_name)


def field_keys_of(source: str) -> Mapping[str, Any] | None:
    """The keys of a field like that column: `String(12)` -> type string, length 12. None where it is unknown."""
    try:
        node = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    call = _without_variants(node)
    name = _NAMES.get(_last_name(call.func if isinstance(call, ast.Call) else call).lower())
    if name is None:
        return None
    keys: dict[str, Any] = {"type": name, **_sizes(call, _ARGUMENTS.get(name, ()))}
    return keys if name != "decimal" or {"precision", "scale"} <= keys.keys() else None


def _without_variants(node: ast.expr) -> ast.expr:
    while (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "with_variant"
    ):
        node = node.func.value
    return node


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _sizes(node: ast.expr, names: tuple[str, ...]) -> dict[str, int]:
    if not isinstance(node, ast.Call):
        return {}
    given = [*zip(names, node.args, strict=False), *((word.arg, word.value) for word in node.keywords)]
    return {
        name: value.value
        for name, value in given
        if name in names and isinstance(value, ast.Constant) and isinstance(value.value, int)
    }
