"""Field types of a spec, guessed from annotations, from a legacy column's declaration and from rows."""

import ast
from dataclasses import dataclass

from trackwright_gen.codemods.legacy_table import KindRows

_BY_NAME = {
    "str": "text",
    # Python's integers know no bound.
    "int": "bigint",
    "float": "float",
    "bool": "boolean",
    "bytes": "bytes",
    "Decimal": "decimal",
    "date": "date",
    "datetime": "datetime",
    "timedelta": "interval",
    "UUID": "uuid",
    "dict": "json",
    "list": "json",
    "Mapping": "json",
    "Sequence": "json",
}
_BY_COLUMN = {
    "String": "string",
    "Text": "text",
    "Integer": "integer",
    "BigInteger": "bigint",
    "Boolean": "boolean",
    "Date": "date",
    "DateTime": "datetime",
    "Float": "float",
    "Numeric": "decimal",
    "JSON": "json",
    "JSONB": "json",
    "UUID": "uuid",
    "Uuid": "uuid",
    "LargeBinary": "bytes",
}
_WIDER = {
    "text": {"string", "text"},
    "string": {"string", "text"},
    "bigint": {"integer", "bigint"},
    "integer": {"integer", "bigint"},
    "float": {"integer", "bigint", "float"},
    "decimal": {"integer", "bigint", "float", "decimal", "string", "text"},
}


@dataclass(frozen=True, slots=True)
class Type:
    """A field type with its sizes."""

    name: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None

    def holds(self, other: "Type") -> bool:
        """True if values of another type fit; the types with a form of their own are not judged."""
        return other.name in _WIDER.get(self.name, {other.name})

    def keys(self) -> dict[str, object]:
        """What a spec says about it."""
        sizes = {"length": self.length, "precision": self.precision, "scale": self.scale}
        return {"type": self.name, **{key: size for key, size in sizes.items() if size is not None}}


def type_of_annotation(annotation: ast.expr) -> Type | None:
    """`str`, `int | None`, `Optional[date]`."""
    match annotation:
        case ast.BinOp(left=left, right=ast.Constant(value=None)):
            return type_of_annotation(left)
        case ast.Subscript(value=outer, slice=inner) if ast.unparse(outer).endswith("Optional"):
            return type_of_annotation(inner)
        case ast.Subscript(value=outer):
            return type_of_annotation(outer)
        case ast.Constant(value=str(text)):
            return type_of_annotation(ast.parse(text, mode="eval").body) if text.isidentifier() else None
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _sized(_BY_NAME[name], []) if name in _BY_NAME else None
        case _:
            return None


def type_of_column(call: ast.Call) -> Type | None:
    """The type in `Column(String(50))`."""
    for argument in call.args:
        inner = argument.func if isinstance(argument, ast.Call) else argument
        name = (
            inner.attr
            if isinstance(inner, ast.Attribute)
            else inner.id
            if isinstance(inner, ast.Name)
            else ""
        )
        if name in _BY_COLUMN:
            return _sized(_BY_COLUMN[name], argument.args if isinstance(argument, ast.Call) else [])
    return None


def _sized(name: str, arguments: list[ast.expr]) -> Type:
    sizes = [
        each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, int)
    ]
    if name == "string":
        return Type("string", length=sizes[0]) if sizes else Type("text")
    if name == "decimal":
        precision, scale = (*sizes, 20, 6)[:2] if len(sizes) != 1 else (sizes[0], 0)
        return Type("decimal", precision=precision, scale=scale)
    return Type(name)


def type_of_rows(rows: KindRows, column: str) -> Type | None:
    """What the values of a column, or of a key of the metadata, are; None where all are missing."""
    name, _, key = column.partition(".")
    if not key:
        found = rows.columns.get(name)
        if found is None or found.longest == 0:
            return None
        return Type("bigint") if found.are_numbers else Type("text")
    kinds = rows.keys.get(key, (0, frozenset[str]()))[1] - {"NoneType"}
    names = {_BY_NAME.get(kind, "json") for kind in kinds}
    if not names:
        return None
    return Type(names.pop()) if len(names) == 1 else Type("json")
