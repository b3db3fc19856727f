"""Where the rest of a project still imports modules that go away."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.project.import_reach import mentioned
from trackwright_gen.project.source_file import ImportLine, SourceFile
from trackwright_gen.project.source_tree import SourceTree


@dataclass(frozen=True, slots=True)
class Mention:
    """An import statement that will fail."""

    path: Path
    row: int
    module: str


def mentions(tree: SourceTree, modules: Collection[str], before: SourceTree) -> Iterator[Mention]:
    """Imports of modules, or of what other modules hand on from them, in all other files of the project.

    `tree` has the files as planned edits leave them, `before` as they are: that says what is handed on by whom.
    """
    words = _names(before, modules)
    for module, path in sorted(tree.paths.items()):
        if module in modules:
            continue
        try:
            source = _if_it_says(tree, module, path, words)
        except ToolError:
            continue  # no valid Python, so nothing that runs
        for line in source.import_lines if source else ():
            for gone in _gone(before, tree, line, modules):
                yield Mention(path, line.node.lineno, gone)


def mentions_of_names(
    tree: SourceTree, names: Mapping[str, Collection[str]], before: SourceTree
) -> Iterator[Mention]:
    """The same for names, by module, that are defined there no more; `module` is the name with its module."""
    words = tuple({name for each in names.values() for name in each})
    for module, path in sorted(tree.paths.items()):
        try:
            source = _if_it_says(tree, module, path, words)
        except ToolError:
            continue
        for line in source.import_lines if source else ():
            for name in line.names:
                origin = before.member(line.module, name) if line.module in before.paths else None
                if origin is not None and origin.name in names.get(origin.module, ()):
                    yield Mention(path, line.node.lineno, f"{origin.module}.{origin.name}")


def _names(tree: SourceTree, modules: Collection[str]) -> tuple[str, ...]:
    """What an import of the modules has to say: their own last names, or a class or function of theirs."""
    sources = [source for module in modules if (source := tree.file(module)) is not None]
    defined = {name for source in sources for name in (*source.classes, *source.functions)}
    return tuple({module.rpartition(".")[2] for module in modules} | defined)


def _if_it_says(tree: SourceTree, module: str, path: Path, words: tuple[str, ...]) -> SourceFile | None:
    try:
        text = path.read_bytes()
    except OSError:
        return None
    return tree.file(module) if any(word.encode() in text for word in words) else None


def _gone(before: SourceTree, after: SourceTree, line: ImportLine, modules: Collection[str]) -> Iterator[str]:
    named = [module for module in mentioned(line) if module in modules]
    if named:
        yield named[-1]
        return
    for name in line.names:
        origin = before.member(line.module, name) if line.module in before.paths else None
        if origin is None or origin.module not in modules:
            continue
        left = after.member(line.module, name)
        if left is None or left.module in modules:  # else it is handed on from elsewhere
            yield origin.module
            return
