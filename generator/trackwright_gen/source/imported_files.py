"""One file and the files that its imports lead to: enough to lint what an editor sends, without listing a tree."""

import ast
from collections.abc import Iterator
from pathlib import Path

from trackwright_gen.source.files import Selection, project_root
from trackwright_gen.source.parsing import Parsed, parse

_MOST_FILES = 60
"""A file's names are explained by what it imports and what that re-exports; further away they rarely are."""


def select_with_imports(path: Path, data: bytes) -> Selection:
    """The file alone to report on; known besides it are the project's files that its imports reach."""
    root = project_root(path)
    known: dict[Path, None] = {path: None}
    waiting = [(path, data)]
    while waiting and len(known) < _MOST_FILES:
        here, content = waiting.pop(0)
        for found in _imported(here, content, root):
            if found not in known:
                known[found] = None
                waiting.append((found, found.read_bytes()))
    return Selection((root,), (path,), tuple(known))


def _imported(path: Path, data: bytes, root: Path) -> Iterator[Path]:
    parsed = parse(path, data)
    if not isinstance(parsed, Parsed):
        return
    for node in ast.walk(parsed.tree):
        match node:
            case ast.Import(names=names):
                for each in names:
                    yield from _files(_above(path, root), each.name)
            case ast.ImportFrom(module=module, level=level, names=names):
                folders = [path.parents[level - 1]] if 0 < level <= len(path.parents) else _above(path, root)
                yield from _files(folders, module or "")
                for each in names:
                    yield from _files(folders, f"{module}.{each.name}" if module else each.name)
            case _:
                pass


def _above(path: Path, root: Path) -> list[Path]:
    """The folders that an absolute import may start from, as far as the project's root."""
    return [*(folder for folder in path.parents if folder.is_relative_to(root)), root / "src", root / "lib"]


def _files(folders: list[Path], dotted: str) -> Iterator[Path]:
    """The module of a dotted name and the packages above it, from the first folder that has it."""
    parts = dotted.split(".") if dotted else []
    for folder in folders:
        found = list(_along(folder, parts))
        if found:
            yield from found
            return


def _along(folder: Path, parts: list[str]) -> Iterator[Path]:
    here = folder
    for part in parts:
        module = here / f"{part}.py"
        here /= part
        if (here / "__init__.py").is_file():
            yield here / "__init__.py"
        elif module.is_file():
            yield module
            return
    if not parts and (folder / "__init__.py").is_file():
        yield folder / "__init__.py"
