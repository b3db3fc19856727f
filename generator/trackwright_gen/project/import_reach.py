"""Which modules get imported, when a file of the project is run: the imports of its imports."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trackwright_gen.project.source_file import ImportLine, SourceFile
from trackwright_gen.project.source_tree import SourceTree

WALKERS = frozenset({"iter_modules", "walk_packages", "glob", "rglob", "iterdir", "listdir"})


@dataclass(frozen=True, slots=True)
class Reach:
    """What running some files imports."""

    files: tuple[SourceFile, ...]
    """In the order of first import, beginning with the files themselves."""
    modules: frozenset[str]
    """Names that imports mention, also of modules that are yet to be written."""
    walked: frozenset[str]
    """Packages whose modules are imported by walking over them."""

    def covers(self, module: str) -> bool:
        """Whether a module is imported too, or will be once it exists."""
        return module in self.modules or any(module.startswith(f"{package}.") for package in self.walked)


def reach_of(tree: SourceTree, starts: Iterable[SourceFile], *, also: Iterable[str] = ()) -> Reach:
    """Follow the imports that run when files are run and modules imported.

    Raises:
        ToolError: a module on the way is no valid Python.
    """
    files: dict[str, SourceFile] = {}
    modules: set[str] = set()
    walked: set[str] = set()
    waiting = [*starts, *_files_of(tree, also, modules)]
    roots = {file.module for file in waiting}
    while waiting:
        source = waiting.pop(0)
        if source.module in files:
            continue
        files[source.module] = source
        walked |= set(_walked(tree, source))
        # A script's functions run; a library module's functions may never.
        lines = (line for line in source.import_lines if line.at_top or source.module in roots)
        named = [name for line in lines for name in mentioned(line)]
        waiting += _files_of(tree, [*named, *_imported_by_name(source)], modules)
    return Reach(tuple(files.values()), frozenset(modules), frozenset(walked))


def mentioned(line: ImportLine) -> Iterator[str]:
    """Modules that an import may name: its module, and each name of it, which may be a module."""
    yield line.module
    yield from (f"{line.module}.{name}" for name in line.names if name != "*")


def _files_of(tree: SourceTree, names: Iterable[str], modules: set[str]) -> list[SourceFile]:
    """The files of modules and of the packages they lie in, outermost first."""
    found: list[SourceFile] = []
    for name in names:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            module = ".".join(parts[:end])
            modules.add(module)
            if (source := tree.file(module)) is not None:
                found.append(source)
    return found


def _imported_by_name(source: SourceFile) -> Iterator[str]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield module
            case _:
                continue


def _walked(tree: SourceTree, source: SourceFile) -> Iterator[str]:
    """Packages that a file walks over and imports all modules of."""
    nodes = list(ast.walk(source.tree))
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in nodes
        if isinstance(node, (ast.Name, ast.Attribute))
    }
    if not (names & WALKERS and names & {"import_module", "__import__", "load_module"}):
        return
    for node in nodes:
        match node:
            case ast.Name(id="__path__" | "__file__") if source.is_package:
                yield source.module
            case ast.Attribute(value=owner, attr="__path__" | "__file__"):
                if (package := tree.module_named(source, owner)) is not None:
                    yield package
            case _:
                continue
