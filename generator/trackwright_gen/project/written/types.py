"""Types of columns, from the expressions and annotations that say them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.tables import TYPES_OF_ANNOTATIONS, assigned_in, text_of
from trackwright_gen.spec.sqltype import Scalar, SqlType

_POSTGRESQL = "sqlalchemy.dialects.postgresql"
_ENUMS = frozenset({"Enum", "ENUM", "SQLEnum", "SAEnum"})
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class ReadType:
    """A type, and the words that it allows where it is an enum's."""

    type: SqlType
    words: tuple[str, ...] = ()


def type_of_expression(tree: SourceTree, source: SourceFile, node: ast.expr) -> ReadType | None:
    """Read `String(50)`, `sa.Enum(Status)`, `JSONB`, `Money()` (by its `impl`); None where it cannot be read."""
    return _typed(tree, source, node, _DEPTH)


def _typed(tree: SourceTree, source: SourceFile, node: ast.expr, depth: int) -> ReadType | None:
    call = node if isinstance(node, ast.Call) else None
    if call and isinstance(call.func, ast.Attribute) and call.func.attr == "with_variant":
        return _typed(tree, source, call.func.value, depth)
    name = tree.origin(source, call.func if call else node)
    if name is None or not depth:
        return None
    if name.module == "sqlalchemy" or name.module.startswith("sqlalchemy."):
        if name.name in _ENUMS:
            return _enum(tree, source, call) if call else None
        return _known(tree, source, name, call)
    defining = tree.source_of(name)
    decorated = defining.classes.get(name.name) if defining else None
    impl = assigned_in(decorated, "impl") if decorated else None
    return _typed(tree, defining, impl, depth - 1) if defining and impl is not None else None


def _known(tree: SourceTree, source: SourceFile, name: ObjectName, call: ast.Call | None) -> ReadType | None:
    module = _POSTGRESQL if name.module.startswith(_POSTGRESQL) else "sqlalchemy"
    args: list[SqlType | Scalar] = []
    for argument in call.args if call else ():
        match argument:
            case ast.Constant(value=int() | str() | bool() | None as value):
                args.append(value)
            case _:
                inner = type_of_expression(tree, source, argument)
                if inner is None:
                    return None
                args.append(inner.type)
    kwargs: list[tuple[str, Scalar]] = []
    for word in call.keywords if call else ():
        match word:
            case ast.keyword(arg=str(key), value=ast.Constant(value=int() | str() | bool() | None as value)):
                kwargs.append((key, value))
            case _:
                return None
    return ReadType(SqlType(name.name, tuple(args), tuple(kwargs), module))


def _enum(tree: SourceTree, source: SourceFile, call: ast.Call) -> ReadType | None:
    options = {word.arg: word.value for word in call.keywords}
    words = [text for argument in call.args if (text := text_of(argument)) is not None]
    name = text_of(options.get("name"))
    if not words and call.args:
        found = _enum_class(tree, source, call.args[0])
        if found is None:
            return None
        class_, members = found
        # SQLAlchemy stores the members' names unless it is told how to get their values.
        words = [value if "values_callable" in options else key for key, value in members]
        name = name or class_.lower()
    return _of_words(tuple(words), name, native=not _is_false(options.get("native_enum")), options=options)


def _of_words(
    words: tuple[str, ...], name: str | None, *, native: bool, options: dict[str | None, ast.expr]
) -> ReadType | None:
    if not words:
        return None
    if native and name:
        return ReadType(SqlType("Enum", words, (("name", name),)), words)
    given = options.get("length")
    length = given.value if isinstance(given, ast.Constant) and isinstance(given.value, int) else 0
    return ReadType(SqlType("String", (length or max(map(len, words)),)), words)


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def type_of_annotation(tree: SourceTree, source: SourceFile, annotation: ast.expr) -> ReadType | None:
    """Read what `Mapped[...]` says: a plain Python type, or an enum class of the project."""
    inner, _ = mapped(annotation)
    if inner is None:
        return None
    name = inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else ""
    if name in TYPES_OF_ANNOTATIONS:
        return ReadType(SqlType(TYPES_OF_ANNOTATIONS[name]))
    found = _enum_class(tree, source, inner)
    if found is None:
        return None
    class_, members = found
    return _of_words(tuple(key for key, _ in members), class_.lower(), native=True, options={})


def mapped(annotation: ast.expr) -> tuple[ast.expr | None, bool]:
    """The type inside `Mapped[...]`, and whether None may stand there."""
    match annotation:
        case ast.Constant(value=str(text)):
            inside = _parsed(text)
            return mapped(inside) if inside is not None else (None, False)
        case ast.Subscript(value=ast.Name(id="Mapped") | ast.Attribute(attr="Mapped"), slice=inner):
            parts = list(_parts(inner))
            kept = [part for part in parts if not _is_none(part)]
            return (kept[0] if len(kept) == 1 else None), len(kept) < len(parts)
        case _:
            return None, False


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional"), slice=inner):
            yield from _parts(inner)
            yield ast.Constant(None)
        case ast.Constant(value=str(text)) if (inside := _parsed(text)) is not None:
            yield from _parts(inside)
        case _:
            yield node


def _parsed(text: str) -> ast.expr | None:
    """An annotation that is written as a text."""
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _enum_class(
    tree: SourceTree, source: SourceFile, node: ast.expr
) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """An enum of the project: its name, and its members' names and values."""
    name = tree.origin(source, node)
    defining = tree.source_of(name) if name else None
    found = defining.classes.get(name.name) if defining and name else None
    if defining is None or found is None or not _is_enum(tree, defining, found):
        return None
    members: list[tuple[str, str]] = []
    for item in found.body:
        match item:
            case ast.Assign(targets=[ast.Name(id=key)], value=ast.Constant(value=value)):
                members.append((key, str(value)))
            case ast.Assign(targets=[ast.Name(id=key)], value=ast.Call(func=ast.Name(id="auto"))):
                members.append((key, key.lower()))
            case _:
                continue
    return found.name, tuple(members)


def _is_enum(tree: SourceTree, source: SourceFile, node: ast.ClassDef) -> bool:
    names = [tree.origin(source, base) for base in node.bases]
    return any(name is not None and name.module == "enum" for name in names)
