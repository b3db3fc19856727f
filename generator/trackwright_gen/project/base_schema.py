"""Whether a declarative base puts its tables into a database schema, also in ways that only Python could follow."""

import ast

from trackwright_gen.errors import ToolError
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree, is_one_of

METADATA = frozenset({"sqlalchemy.MetaData", "sqlalchemy.schema.MetaData", "sqlalchemy.sql.schema.MetaData"})
DEPTH = 5


def puts_tables_into_schema(tree: SourceTree, base: ObjectName) -> ToolError | None:
    """What to say of a base with a schema, where `find_schema` reads none: tables would be created elsewhere."""
    defined = tree.member(base.module, base.name) or base
    source = tree.source_of(defined)
    schema = _schema_of(tree, source, defined.name) if source else None
    if source is None or schema is None:
        return None
    name = f" {schema.value!r}" if isinstance(schema, ast.Constant) else ""
    return ToolError(
        f"{base} puts its tables into the schema{name}, which cannot be read here",
        at=source.at(schema),
        hint='write `metadata = MetaData(schema="...")` into the class, or add a second base without a schema, and '
        "name it as `base`: class TrackingBase(DeclarativeBase): ...; give both to Alembic: "
        "target_metadata = [Base.metadata, TrackingBase.metadata]",
    )


def _schema_of(tree: SourceTree, source: SourceFile, name: str) -> ast.expr | None:
    if name in source.classes:
        return _of_class(tree, source, source.classes[name])
    return _of_call(tree, source, source.assigned.get(name))


def _of_class(tree: SourceTree, source: SourceFile, node: ast.ClassDef) -> ast.expr | None:
    for statement in node.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="metadata")], value=value)
                | ast.AnnAssign(target=ast.Name(id="metadata"), value=ast.expr() as value)
            ):
                return _of_metadata(tree, source, value)
            case ast.Assign(
                targets=[ast.Name(id="__table_args__")], value=ast.Dict(keys=keys, values=values)
            ):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "schema":
                        return value
            case _:
                continue
    return None


def _of_call(tree: SourceTree, source: SourceFile, value: ast.expr | None, depth: int = 0) -> ast.expr | None:
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


def _of_metadata(tree: SourceTree, source: SourceFile, value: ast.expr, depth: int = 0) -> ast.expr | None:
    if isinstance(value, ast.Call) and is_one_of(tree.origin(source, value.func), METADATA):
        named = next((keyword.value for keyword in value.keywords if keyword.arg == "schema"), None)
        schema = named or next(iter(value.args), None)
        return None if isinstance(schema, ast.Constant) and schema.value is None else schema
    found = _assigned(tree, source, value)
    return _of_metadata(tree, *found, depth + 1) if found and depth < DEPTH else None


def _assigned(tree: SourceTree, source: SourceFile, value: ast.expr) -> tuple[SourceFile, ast.expr] | None:
    """The value of a name, wherever in the project it is given."""
    origin = tree.origin(source, value)
    defining = tree.source_of(origin) if origin else None
    made = defining.assigned.get(origin.name) if defining and origin else None
    return (defining, made) if defining is not None and made is not None else None
