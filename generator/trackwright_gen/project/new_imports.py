"""New import statements in the style of those beside them: absolute or relative, noqa comments, order."""

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trackwright_gen.project.source_file import ImportLine, SourceFile
from trackwright_gen.project.text_edits import Insertion, Positions

UNUSED = "  # noqa: F401"
NOQA = re.compile(r"\s*#\s*(noqa\b|type:|isort:|pylint:).*$")


@dataclass(frozen=True, slots=True)
class NewImport:
    """A module to be imported, for an object of it or for its effects."""

    module: str
    name: str | None = None
    alias: str | None = None


def import_insertions(
    source: SourceFile,
    new: Sequence[NewImport],
    *,
    is_neighbour: Callable[[ImportLine], bool],
    is_exported: bool = False,
) -> list[Insertion]:
    """Insertions of import statements, beside the imports that are of their kind, else behind the last import."""
    positions = Positions(source.text)
    neighbours = [line for line in _top_lines(source) if is_neighbour(line)]
    level = _level(neighbours)
    grouped: dict[int, tuple[Insertion, list[str]]] = {}
    for one in sorted(new, key=lambda item: (item.module, item.name or "")):
        anchor = _anchor(
            positions, source, neighbours, f"{one.module}.{one.name}" if one.name else one.module
        )
        comment = _comment(positions, neighbours, is_exported=is_exported)
        lines = grouped.setdefault(anchor.offset, (anchor, []))[1]
        lines.append(f"{_statement(source, one, level)}{comment}{positions.newline}")
    return [Insertion(offset, anchor.text + "".join(lines)) for offset, (anchor, lines) in grouped.items()]


def _top_lines(source: SourceFile) -> list[ImportLine]:
    body = {id(statement) for statement in source.tree.body}
    return [line for line in source.import_lines if id(line.node) in body]


def _anchor(positions: Positions, source: SourceFile, neighbours: list[ImportLine], key: str) -> Insertion:
    if not neighbours:
        return _behind_imports(positions, source)
    keys = [_key(line) for line in neighbours]
    before = [line for line in neighbours if _key(line) < key]
    if keys == sorted(keys) and not before:
        return Insertion(positions.start(neighbours[0].node), "")
    last = before[-1] if keys == sorted(keys) else neighbours[-1]
    return positions.after_row(last.node.end_lineno or last.node.lineno)


def _key(line: ImportLine) -> str:
    """What imports are sorted by."""
    return ".".join([line.module, *line.names[:1]])


def _behind_imports(positions: Positions, source: SourceFile) -> Insertion:
    lines = _top_lines(source)
    if lines:
        return positions.after_row(max(line.node.end_lineno or line.node.lineno for line in lines))
    if ast.get_docstring(source.tree) is not None:
        place = positions.after_row(source.tree.body[0].end_lineno or 1)
        return Insertion(place.offset, place.text + positions.newline)
    first = next(iter(source.tree.body), None)
    return (
        Insertion(positions.start(first), "")
        if first
        else positions.after_row(len(positions.starts) - 1 or 1)
    )


def _level(neighbours: list[ImportLine]) -> int:
    last = neighbours[-1].node if neighbours else None
    return last.level if isinstance(last, ast.ImportFrom) else 0


def _comment(positions: Positions, neighbours: list[ImportLine], *, is_exported: bool) -> str:
    for line in reversed(neighbours):
        row = line.node.end_lineno or line.node.lineno
        if found := NOQA.search(positions.line(row)):
            return f"  {found[0].strip()}"
    return "" if is_exported else UNUSED


def _statement(source: SourceFile, new: NewImport, level: int) -> str:
    package, _, leaf = new.module.rpartition(".")
    if new.name is not None:
        return f"from {_relative(source, new.module, level)} import {new.name}"
    if not package or _plain_import_fits(source, new.module):
        return f"import {new.module}"
    alias = f" as {new.alias}" if new.alias else ""
    return f"from {_relative(source, package, level)} import {leaf}{alias}"


def _plain_import_fits(source: SourceFile, module: str) -> bool:
    """Whether the file says `import a.b`, and has no object under the name of the package that this would bind."""
    top = module.partition(".")[0]
    imported = source.imported.get(top)
    if imported is None:
        return False
    return imported.name is None and imported.module == top


def _relative(source: SourceFile, module: str, level: int) -> str:
    parts = source.module.split(".")
    package = parts if source.is_package else parts[:-1]
    kept = package[: len(package) - (level - 1)]
    if not level or not kept or module.split(".")[: len(kept)] != kept:
        return module
    return "." * level + ".".join(module.split(".")[len(kept) :])
