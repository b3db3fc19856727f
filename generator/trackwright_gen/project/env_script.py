"""Alembic's env.py as source: whose metadata it compares with, and how it reaches the project's modules."""

import ast
from pathlib import Path

from trackwright_gen.project.alembic_config import AlembicConfig
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import SourceFile, parse_source, parse_text
from trackwright_gen.project.source_tree import APART, SourceTree


def read_env(script_location: Path) -> SourceFile:
    """Parse env.py.

    Raises:
        ToolError: it cannot be read or is no valid Python.
    """
    # The name is one that no module of a project has: env.py is run by path, never imported.
    return parse_source(script_location / "env.py", "<env>")


def env_in(tree: SourceTree, script_location: Path) -> SourceFile:
    """env.py as edits not yet written leave it.

    Raises:
        ToolError: it cannot be read or is no valid Python.
    """
    path = script_location / "env.py"
    text = tree.edited.get(path)
    return read_env(script_location) if text is None else parse_text(path, "<env>", text)


def metadata_owners(tree: SourceTree, env: SourceFile) -> frozenset[ObjectName]:
    """The classes (or other objects) whose `.metadata` is env.py's target_metadata."""
    target = env.assigned.get("target_metadata")
    items = target.elts if isinstance(target, (ast.List, ast.Tuple)) else [target]
    owners = (_owner(tree, env, item) for item in items if item is not None)
    return frozenset(owner for owner in owners if owner is not None)


def _owner(tree: SourceTree, source: SourceFile, expression: ast.expr) -> ObjectName | None:
    match expression:
        case ast.Attribute(value=owner, attr="metadata"):
            return tree.origin(source, owner) or tree.origin(source, expression)
        case ast.Name() | ast.Attribute():
            return _behind_alias(tree, tree.origin(source, expression))
        case _:
            return None


def _behind_alias(tree: SourceTree, name: ObjectName | None) -> ObjectName | None:
    """Of `metadata = Base.metadata` in another module, Base."""
    source = tree.source_of(name) if name else None
    value = source.assigned.get(name.name) if source and name else None
    if source is not None and isinstance(value, ast.Attribute) and value.attr == "metadata":
        return tree.origin(source, value.value)
    return name


def source_root_of(root: Path, config: AlembicConfig | None, env: SourceFile | None) -> Path:
    """The folder that the project's imports start from: the one where most of env.py's imports are found."""
    folders = [root / "src", root] if _has_package(root / "src") else [root, root / "src"]
    if config is not None:
        home = config.path.parent
        folders += [home, *((home / path).resolve() for path in config.prepend_sys_path)]
    inside = [folder for folder in dict.fromkeys(folders) if folder.is_dir() and folder.is_relative_to(root)]
    modules = {line.module for line in env.import_lines if not _is_relative(line.node)} if env else set[str]()
    return max(
        inside, key=lambda folder: (_reached(folder, modules), _has_package(folder), -inside.index(folder))
    )


def _is_relative(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and node.level > 0


def _reached(folder: Path, modules: set[str]) -> int:
    places = [folder.joinpath(*module.split(".")) for module in modules if module]
    return sum(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


def _has_package(folder: Path) -> bool:
    return any(path.parent.name not in APART for path in folder.glob("*/__init__.py"))
