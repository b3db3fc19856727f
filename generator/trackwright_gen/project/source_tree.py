"""The target project's modules, parsed when asked for, and where the names in them come from."""

import ast
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import Imported, SourceFile, parse_source, parse_text

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist"})
APART = frozenset({"tests", "test", "docs", "examples"})
"""Folders whose objects are never the project's own base class, session factory or Celery app."""


class SourceTree:
    """All Python files under a root, by module name as seen from the source root."""

    def __init__(self, root: Path, source_root: Path) -> None:
        self.root = root
        self.source_root = source_root
        self.paths = {module_name(source_root, path): path for path in python_files(source_root)}
        self.unreadable: dict[Path, ToolError] = {}
        self._parsed: dict[str, SourceFile] = {}
        self.edited: dict[Path, str] = {}
        """Texts of files as edits not yet written leave them."""

    def file(self, module: str) -> SourceFile | None:
        """A module of the project, parsed once; None where the project has no such module.

        Raises:
            ToolError: the file cannot be read or is no valid Python.
        """
        if module not in self.paths:
            return None
        if module not in self._parsed:
            self._parsed[module] = parse_source(self.paths[module], module)
        return self._parsed[module]

    def with_text(self, path: Path, text: str) -> "SourceTree":
        """The same tree with another text of one file, as an edit not yet written leaves it."""
        other = SourceTree(self.root, self.source_root)
        other._parsed.update(self._parsed)
        other.edited = {**self.edited, path: text}
        for module, known in self.paths.items():
            if known == path:
                other._parsed[module] = parse_text(path, module, text)
        return other

    def modules_of(self, paths: Iterable[Path]) -> set[str]:
        """The modules that some files of the project are."""
        wanted = set(paths)
        return {module for module, path in self.paths.items() if path in wanted}

    def mentioning(self, *words: bytes) -> Iterator[SourceFile]:
        """The project's own modules whose text has one of the words; broken files are kept in `unreadable`."""
        for module, path in sorted(self.paths.items()):
            if self.is_apart(path) or path in self.unreadable:
                continue
            try:
                text = path.read_bytes()
                source = self.file(module) if any(word in text for word in words) else None
            except OSError as error:
                self.unreadable[path] = ToolError(f"cannot be read: {error}")
            except ToolError as error:
                self.unreadable[path] = error
            else:
                if source is not None:
                    yield source

    def is_apart(self, path: Path) -> bool:
        """Whether a file belongs to tests, docs or examples."""
        folders = path.relative_to(self.source_root).parts[:-1]
        return not APART.isdisjoint(folders) or path.name.startswith(("test_", "conftest"))

    def origin(self, source: SourceFile, expression: ast.expr) -> ObjectName | None:
        """Where the object that a name or dotted name stands for is defined, in the project or outside."""
        match expression:
            case ast.Name(id=name):
                return self.definition(source, name)
            case ast.Attribute(value=value, attr=attribute):
                module = self.module_named(source, value)
                return self.member(module, attribute) if module else None
            case ast.Subscript(value=value):
                return self.origin(source, value)
            case _:
                return None

    def definition(
        self, source: SourceFile, name: str, seen: frozenset[str] = frozenset()
    ) -> ObjectName | None:
        """Follow a top-level name through aliases, imports and re-exports to where it is defined."""
        key = f"{source.module}:{name}"
        if key in seen:
            return None
        if name in source.classes or name in source.functions:
            return ObjectName(source.module, name)
        if name in source.assigned:
            value = source.assigned[name]
            alias = isinstance(value, (ast.Name, ast.Attribute)) and self._aliased(
                source, value, seen | {key}
            )
            return alias or ObjectName(source.module, name)
        if name in source.imported:
            return self._imported(source.imported[name], seen | {key})
        if name in source.imported_inside:
            return self._imported(source.imported_inside[name], seen | {key})
        return self._starred(source, name, seen | {key})

    def _aliased(self, source: SourceFile, value: ast.expr, seen: frozenset[str]) -> ObjectName | None:
        if isinstance(value, ast.Name):
            return self.definition(source, value.id, seen) if source.binds(value.id) else None
        return self.origin(source, value)

    def _imported(self, target: Imported, seen: frozenset[str]) -> ObjectName | None:
        if target.name is None:
            return None
        return self.member(target.module, target.name, seen)

    def member(self, module: str, name: str, seen: frozenset[str] = frozenset()) -> ObjectName | None:
        """The definition of `module.name`; outside the project, the name as it is written."""
        source = self.file(module)
        if source is None:
            return ObjectName(module, name)
        return self.definition(source, name, seen)

    def _starred(self, source: SourceFile, name: str, seen: frozenset[str]) -> ObjectName | None:
        for line in source.import_lines:
            starred = self.file(line.module) if "*" in line.names and line.at_top else None
            if starred is not None and (found := self.definition(starred, name, seen)):
                return found
        return None

    def module_named(self, source: SourceFile, expression: ast.expr) -> str | None:
        """The module that a name or dotted name stands for."""
        match expression:
            case ast.Name(id=name):
                target = source.imported.get(name) or source.imported_inside.get(name)
                if target is None:
                    return None
                return target.module if target.name is None else f"{target.module}.{target.name}"
            case ast.Attribute(value=value, attr=attribute):
                module = self.module_named(source, value)
                return f"{module}.{attribute}" if module else None
            case _:
                return None

    def source_of(self, name: ObjectName) -> SourceFile | None:
        """The file that defines an object."""
        return self.file(name.module)


def python_files(folder: Path) -> Iterator[Path]:
    """Python files under a folder; no hidden folders, virtual environments, caches or build output."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_source_folder(Path(place, name)))
        yield from (Path(place, name) for name in sorted(files) if name.endswith(".py"))


def _is_source_folder(folder: Path) -> bool:
    name = folder.name
    return not (name.startswith(".") or name in SKIPPED_FOLDERS or (folder / "pyvenv.cfg").is_file())


def module_name(source_root: Path, path: Path) -> str:
    """The dotted name under which a file is imported."""
    parts = path.relative_to(source_root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_one_of(name: ObjectName | None, qualified: Iterable[str]) -> bool:
    """Whether an object is one of the objects outside the project with these dotted names."""
    return name is not None and f"{name.module}.{name.name}" in qualified
