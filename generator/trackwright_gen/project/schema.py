"""The schema that a project's tables lie in: that of the base's metadata."""

import ast

from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree, is_one_of
from trackwright_gen.project.tables import assigned_in, text_of

_METADATA = frozenset({"sqlalchemy.MetaData", "sqlalchemy.schema.MetaData"})


def find_schema(tree: SourceTree, base: ObjectName) -> str | None:
    """What `MetaData(schema=...)` says: in the base class, or handed to what makes the base."""
    defined = tree.member(base.module, base.name) or base
    source = tree.source_of(defined)
    if source is None:
        return None
    if (node := source.classes.get(defined.name)) is not None:
        said = assigned_in(node, "metadata")
        return _schema_of(tree, source, said) if said is not None else None
    made = source.assigned.get(defined.name)
    if not isinstance(made, ast.Call):
        return None
    given = next((word.value for word in made.keywords if word.arg == "metadata"), None)
    return _schema_of(tree, source, given) if given is not None else None


def _schema_of(tree: SourceTree, source: SourceFile, said: ast.expr) -> str | None:
    match said:
        case ast.Call(func=func, keywords=keywords) if is_one_of(tree.origin(source, func), _METADATA):
            return next((text_of(word.value) for word in keywords if word.arg == "schema"), None)
        case ast.Name():
            name = tree.origin(source, said)
            defining = tree.source_of(name) if name else None
            value = defining.assigned.get(name.name) if defining and name else None
            return _schema_of(tree, defining, value) if defining and isinstance(value, ast.Call) else None
        case _:
            return None
