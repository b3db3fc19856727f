"""The project's declarative base: a DeclarativeBase subclass, declarative_base() or a registry's base."""

import ast

from trackwright_gen.errors import ToolError
from trackwright_gen.project.candidates import Candidate, Found, Wanted, only
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree, is_one_of

WANTED = Wanted(
    "declarative base class",
    "base",
    "app.db.base:Base",
    "`class Base(DeclarativeBase)` is looked for, `declarative_base()` and `registry().generate_base()`",
)
BASES = frozenset(
    f"sqlalchemy.orm.{prefix}{name}"
    for prefix in ("", "decl_api.")
    for name in ("DeclarativeBase", "DeclarativeBaseNoMeta")
)
FACTORIES = frozenset(
    f"sqlalchemy.{module}.declarative_base"
    for module in ("orm", "orm.decl_api", "ext.declarative", "ext.declarative.api")
)
DATACLASSES = frozenset({"sqlalchemy.orm.MappedAsDataclass", "sqlalchemy.orm.decl_api.MappedAsDataclass"})
DECORATORS = frozenset({"sqlalchemy.orm.as_declarative", "sqlalchemy.ext.declarative.as_declarative"})
REGISTRIES = frozenset({"sqlalchemy.orm.registry", "sqlalchemy.orm.decl_api.registry"})
WORDS = (b"DeclarativeBase", b"declarative_base", b"as_declarative", b"generate_base", b"DeclarativeMeta")


def find_base(tree: SourceTree, metadata_owners: frozenset[ObjectName]) -> Found[ObjectName]:
    """The declarative base; among several, the one whose metadata Alembic's env.py compares with."""
    candidates = tuple(
        Candidate(ObjectName(source.module, name), source.at(node))
        for source in tree.mentioning(*WORDS)
        for name, node in _bases_in(tree, source)
    )
    preferred = [candidate for candidate in candidates if candidate.value in metadata_owners]
    return only(candidates, WANTED, preferred=preferred)


def makes_dataclasses(tree: SourceTree, base: ObjectName) -> ToolError | None:
    """What to say of a base whose models are dataclasses: tracking columns come from a mixin that is none."""
    defined = tree.member(base.module, base.name) or base
    source = tree.source_of(defined)
    node = source.classes.get(defined.name) if source else None
    if source is None or node is None:
        return None
    if not any(is_one_of(tree.origin(source, parent), DATACLASSES) for parent in node.bases):
        return None
    return ToolError(
        f"{base} makes dataclasses of its models (MappedAsDataclass), which tracking models cannot be",
        at=source.at(node),
        hint="add a second base over the same metadata, and name it as `base`: "
        f"class TrackingBase(DeclarativeBase): metadata = {base.name}.metadata",
    )


def _bases_in(tree: SourceTree, source: SourceFile) -> list[tuple[str, ast.stmt | ast.expr]]:
    classes = [(name, node) for name, node in source.classes.items() if _is_base_class(tree, source, node)]
    made = [(name, value) for name, value in source.assigned.items() if _makes_base(tree, source, value)]
    return [*classes, *made]


def _is_base_class(tree: SourceTree, source: SourceFile, node: ast.ClassDef) -> bool:
    decorators = (item.func if isinstance(item, ast.Call) else item for item in node.decorator_list)
    if any(is_one_of(tree.origin(source, decorator), DECORATORS) for decorator in decorators):
        return True
    if any(is_one_of(tree.origin(source, base), BASES) for base in node.bases):
        return True
    metaclass = next((keyword.value for keyword in node.keywords if keyword.arg == "metaclass"), None)
    return metaclass is not None and is_one_of(
        tree.origin(source, metaclass),
        {"sqlalchemy.orm.DeclarativeMeta", "sqlalchemy.orm.decl_api.DeclarativeMeta"},
    )


def _makes_base(tree: SourceTree, source: SourceFile, value: ast.expr) -> bool:
    if not isinstance(value, ast.Call):
        return False
    if is_one_of(tree.origin(source, value.func), FACTORIES):
        return True
    match value.func:
        case ast.Attribute(value=owner, attr="generate_base"):
            return _is_registry(tree, source, owner)
        case _:
            return False


def _is_registry(tree: SourceTree, source: SourceFile, owner: ast.expr) -> bool:
    if isinstance(owner, ast.Call):
        return is_one_of(tree.origin(source, owner.func), REGISTRIES)
    name = tree.origin(source, owner)
    defining = tree.source_of(name) if name else None
    made = defining.assigned.get(name.name) if defining and name else None
    return defining is not None and isinstance(made, ast.Call) and _is_registry(tree, defining, made)
