"""One Python file of the target project: which names it binds, and what it imports when it runs."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Imported:
    """What a name stands for: an object of a module, or (no name) the module itself."""

    module: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import statement, with its module made absolute."""

    node: ast.Import | ast.ImportFrom
    module: str
    names: tuple[str, ...]
    """What `from module import ...` names; empty for `import module`."""
    at_top: bool
    """Whether it runs when the file is imported, and not only inside a function."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """A parsed file. Definitions are those that importing the file makes."""

    path: Path
    module: str
    text: str
    tree: ast.Module
    is_package: bool
    imported: dict[str, Imported] = field(default_factory=dict[str, Imported])
    imported_inside: dict[str, Imported] = field(default_factory=dict[str, Imported])
    """Names that functions and TYPE_CHECKING blocks import."""
    assigned: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])
    annotated: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])
    classes: dict[str, ast.ClassDef] = field(default_factory=dict[str, ast.ClassDef])
    functions: dict[str, FunctionNode] = field(default_factory=dict[str, FunctionNode])
    import_lines: list[ImportLine] = field(default_factory=list[ImportLine])

    def binds(self, name: str) -> bool:
        """Whether a name is defined or imported at the file's top level."""
        return any(name in names for names in (self.assigned, self.classes, self.functions, self.imported))

    def at(self, node: ast.stmt | ast.expr) -> Location:
        """The place of a node."""
        return Location(self.path, node.lineno, node.col_offset + 1)


def read_source(path: Path) -> str:
    """The text of a source file, its line ends and byte-order mark as they are.

    Raises:
        ToolError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ToolError(f"cannot be read: {error}", at=Location(path)) from error


def parse_source(path: Path, module: str) -> SourceFile:
    """Parse a file of the project and collect what it binds.

    Raises:
        ToolError: it cannot be read or is no valid Python.
    """
    return parse_text(path, module, read_source(path))


def parse_text(path: Path, module: str, text: str) -> SourceFile:
    """Parse a text as the content of a file.

    Raises:
        ToolError: it is no valid Python.
    """
    try:
        tree = ast.parse(text.removeprefix("\ufeff"), filename=str(path))
    except (SyntaxError, ValueError) as error:
        row = getattr(error, "lineno", None) or 1
        raise ToolError(f"not valid Python: {error}", at=Location(path, row)) from error
    source = SourceFile(path, module, text, tree, path.name == "__init__.py")
    for statement in running_statements(tree.body):
        _bind(source, statement)
    _collect_imports(source)
    return source


def running_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement that runs at import, also inside if, try, with and loops; not under TYPE_CHECKING."""
    for statement in body:
        yield statement
        for block in _blocks(statement):
            yield from running_statements(block)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    match statement:
        case ast.If(test=test, body=body, orelse=orelse):
            if not is_type_checking(test):
                yield body
            yield orelse
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
            yield body
            for handler in handlers:
                yield handler.body
            yield orelse
            yield finalbody
        case ast.With(body=body):
            yield body
        case ast.For(body=body) | ast.While(body=body):
            yield body
        case _:
            return


def is_type_checking(test: ast.expr) -> bool:
    """Whether a condition is `TYPE_CHECKING`, under any module's name."""
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case _:
            return False


def _bind_imports(source: SourceFile, node: ast.Import | ast.ImportFrom, names: dict[str, Imported]) -> None:
    if isinstance(node, ast.ImportFrom):
        module = absolute_module(source, node)
        names.update({alias.asname or alias.name: Imported(module, alias.name) for alias in node.names})
        return
    for alias in node.names:
        bound = alias.asname or alias.name.partition(".")[0]
        names[bound] = Imported(alias.name if alias.asname else bound)


def _bind(source: SourceFile, statement: ast.stmt) -> None:
    match statement:
        case ast.Import() | ast.ImportFrom():
            _bind_imports(source, statement, source.imported)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    source.assigned[target.id] = value
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            source.annotated[name] = annotation
            if value is not None:
                source.assigned[name] = value
        case ast.ClassDef(name=name):
            source.classes[name] = statement
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            source.functions[name] = statement
        case _:
            return


def absolute_module(source: SourceFile, node: ast.ImportFrom) -> str:
    """The module that a from-import names, with leading dots resolved."""
    if not node.level:
        return node.module or ""
    parts = source.module.split(".") if source.module else []
    drop = node.level - 1 if source.is_package else node.level
    kept = parts[: len(parts) - drop] if drop else parts
    return ".".join([*kept, *([node.module] if node.module else [])])


def _collect_imports(source: SourceFile) -> None:
    running = {id(statement) for statement in running_statements(source.tree.body)}
    hidden = {
        id(child)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.If) and is_type_checking(node.test)
        for statement in node.body
        for child in ast.walk(statement)
    }
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        at_top = id(node) in running
        if not at_top:
            _bind_imports(source, node, source.imported_inside)
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            source.import_lines.extend(ImportLine(node, alias.name, (), at_top) for alias in node.names)
        else:
            names = tuple(alias.name for alias in node.names)
            source.import_lines.append(ImportLine(node, absolute_module(source, node), names, at_top))
    source.import_lines.sort(key=lambda line: line.node.lineno)
