"""The schema that a project's tables lie in: that of the base's metadata, which migrations name."""

import ast

from trackwright_gen.errors import ToolError
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree, is_one_of
from trackwright_gen.project.tables import assigned_in, text_of

METADATA = frozenset({"sqlalchemy.MetaData", "sqlalchemy.schema.MetaData", "sqlalchemy.sql.schema.MetaData"})
DEPTH = 5
Place = tuple[SourceFile, ast.expr]


def find_schema(tree: SourceTree, base: ObjectName) -> str | None:
    """What `MetaData(schema=...)` of the base says; None where it says nothing.

    Raises:
        ToolError: the base has a schema in a way that only Python could follow.
    """
    defined = tree.member(base.module, base.name) or base
    source = tree.source_of(defined)
    if source is None:
        return None
    if (node := source.classes.get(defined.name)) is not None:
        said = _of_class(tree, source, node, base)
    else:
        said = _of_call(tree, source, source.assigned.get(defined.name))
    if said is None:
        return None
    found = _resolved(tree, *said)
    name = text_of(found[1])
    if name is None and not _is_none(found[1]):
        raise _unreadable(base, said, "cannot be read here")
    return name


def _of_class(tree: SourceTree, source: SourceFile, node: ast.ClassDef, base: ObjectName) -> Place | None:
    if (metadata := assigned_in(node, "metadata")) is not None:
        return _of_metadata(tree, source, metadata)
    match assigned_in(node, "__table_args__"):
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if key is not None and text_of(key) == "schema":
                    raise _unreadable(base, (source, value), "models with arguments of their own do not get")
        case _:
            pass
    return None


def _of_call(tree: SourceTree, source: SourceFile, value: ast.expr | None, depth: int = 0) -> Place | None:
    """Of `declarative_base(metadata=...)`, or of the registry behind `generate_base()`."""
    if not isinstance(value, ast.Call) or depth > DEPTH:
        return None
    given = next((keyword.value for keyword in value.keywords if keyword.arg == "metadata"), None)
    if given is not None:
        return _of_metadata(tree, source, given)
    match value.func:
        case ast.Attribute(value=ast.Call() as made, attr="generate_base"):
            return _of_call(tree, source, made, depth + 1)
        case ast.Attribute(value=owner, attr="generate_base"):
            found = _assigned(tree, source, owner)
            return _of_call(tree, *found, depth + 1) if found else None
        case _:
            return None


def _of_metadata(tree: SourceTree, source: SourceFile, value: ast.expr) -> Place | None:
    source, value = _resolved(tree, source, value)
    if not isinstance(value, ast.Call) or not is_one_of(tree.origin(source, value.func), METADATA):
        return None
    named = next((keyword.value for keyword in value.keywords if keyword.arg == "schema"), None)
    said = named or next(iter(value.args), None)
    return None if said is None else (source, said)


def _resolved(tree: SourceTree, source: SourceFile, value: ast.expr) -> Place:
    """The expression behind names, wherever in the project they are given; the last one that can be read."""
    for _ in range(DEPTH):
        found = _assigned(tree, source, value)
        if found is None:
            break
        source, value = found
    return source, value


def _assigned(tree: SourceTree, source: SourceFile, value: ast.expr) -> Place | None:
    origin = tree.origin(source, value)
    defining = tree.source_of(origin) if origin else None
    made = defining.assigned.get(origin.name) if defining and origin else None
    return (defining, made) if defining is not None and made is not None else None


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _unreadable(base: ObjectName, said: Place, why: str) -> ToolError:
    source, value = said
    name = text_of(value)
    return ToolError(
        f"{base} puts its tables into the schema{f' {name!r}' if name else ''}, which {why}",
        at=source.at(value),
        hint='write `metadata = MetaData(schema="...")` into the class, or add a second base without a schema, and '
        "name it as `base`: class TrackingBase(DeclarativeBase): ...; give both to Alembic: "
        "target_metadata = [Base.metadata, TrackingBase.metadata]",
    )
