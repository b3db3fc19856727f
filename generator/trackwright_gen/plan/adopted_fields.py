"""Columns of a hand-written table as fields of a spec."""

import keyword
import re
from collections.abc import Mapping

from trackwright_gen.project.written import WrittenColumn
from trackwright_gen.spec.core import CORE_ATTRIBUTES, CORE_FIELDS
from trackwright_gen.spec.sqltype import SqlType

_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("String", "VARCHAR", "Unicode", "CHAR", "NVARCHAR"), "string"),
    **dict.fromkeys(("Text", "TEXT", "UnicodeText", "CITEXT"), "text"),
    **dict.fromkeys(("Integer", "INTEGER", "SmallInteger", "SMALLINT"), "integer"),
    **dict.fromkeys(("BigInteger", "BIGINT"), "bigint"),
    **dict.fromkeys(("Boolean", "BOOLEAN"), "boolean"),
    **dict.fromkeys(("Date", "DATE"), "date"),
    **dict.fromkeys(("DateTime", "DATETIME", "TIMESTAMP"), "datetime"),
    **dict.fromkeys(("Interval", "INTERVAL"), "interval"),
    **dict.fromkeys(("Numeric", "NUMERIC", "DECIMAL"), "decimal"),
    **dict.fromkeys(("Float", "FLOAT", "Double", "DOUBLE_PRECISION", "REAL"), "float"),
    **dict.fromkeys(("Uuid", "UUID"), "uuid"),
    **dict.fromkeys(("JSON", "JSONB"), "json"),
    **dict.fromkeys(("LargeBinary", "BYTEA"), "bytes"),
    "Enum": "enum",
    "ARRAY": "array",
}
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_WITHOUT_DEFAULT = frozenset({"json", "array", "bytes", "date", "datetime", "interval", "uuid"})


def field_keys(column: WrittenColumn) -> Mapping[str, object] | None:
    """What a spec says of the column, its indexes aside; None where no field type is like it."""
    name = "enum" if column.words else _TYPES.get(column.type.name)
    if name is None:
        return None
    sizes = _sizes(name, column)
    if sizes is None:
        return None
    keys: dict[str, object] = {"type": name, **sizes}
    if not column.nullable:
        keys["required"] = True
    keys |= _default(name, column)
    if column.references:
        keys["references"] = column.references
    if column.on_delete:
        keys["on_delete"] = column.on_delete
    if column.comment:
        keys["comment"] = column.comment
    return keys


def _sizes(name: str, column: WrittenColumn) -> Mapping[str, object] | None:
    given = dict(column.type.kwargs)
    numbers = [one for one in column.type.args if isinstance(one, int) and not isinstance(one, bool)]
    match name:
        case "string":
            length = given.get("length", numbers[0] if numbers else None)
            return {} if length is None else {"length": length}
        case "decimal":
            pair = [given.get("precision", numbers[0] if numbers else None)]
            pair.append(given.get("scale", numbers[1] if len(numbers) > 1 else 0))
            return None if pair[0] is None else {"precision": pair[0], "scale": pair[1]}
        case "enum":
            return {"values": column.words}
        case "array":
            items = next((one for one in column.type.args if isinstance(one, SqlType)), None)
            inner = _TYPES.get(items.name) if items else None
            return None if inner is None else {"items": inner}
        case _:
            return {}


def _default(name: str, column: WrittenColumn) -> Mapping[str, object]:
    said = column.server_default if column.server_default != "NULL" else None
    if said is not None and ("(" in said or _is_expression(name, said)):
        return {"default_sql": said}
    if name in _WITHOUT_DEFAULT:
        return {} if said is None else {"default_sql": said}
    value = column.default
    if value is None and said is not None:
        value = said.strip("'")
    if value is None or (name == "enum" and value not in column.words):
        return {}
    return {"default": str(value) if name == "decimal" else _literal(name, value)}


def _is_expression(name: str, said: str) -> bool:
    """Whether SQL text is more than a literal of the type, such as CURRENT_USER."""
    if name in {"integer", "bigint", "float", "decimal"}:
        return _NUMBER.fullmatch(said.strip("'")) is None
    return name != "boolean" and not said.startswith("'")


def _literal(name: str, value: str | float) -> object:
    """A number or a flag without quotes, whatever way the source has it."""
    if isinstance(value, str) and name in {"integer", "bigint", "float"}:
        return float(value) if "." in value else int(value)
    if name == "boolean":
        return str(value).lower() in {"true", "1", "t"}
    return value


def field_name(column: str) -> str:
    """A name that a field may have, for a column of any name."""
    name = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column).lower()).strip("_")
    name = name if name[:1].isalpha() else f"field_{name}"
    taken = {*CORE_FIELDS, *CORE_ATTRIBUTES.values(), "registry"}
    if keyword.iskeyword(name) or name in taken:
        return f"{name}_"
    return f"own_{name}" if name.startswith("model_") else name
