"""From where a Celery app learns its task modules: include, imports, autodiscovery, its settings module."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from trackwright_gen.project.celery_app import is_celery_class, returned_app
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import SourceFile
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.text_edits import Literal

SETTINGS = frozenset({"include", "imports", "CELERY_INCLUDE", "CELERY_IMPORTS"})
DEPTH = 5


@dataclass(frozen=True, slots=True)
class TaskList:
    """A literal list of modules in one file; autodiscovery also imports a related module of each."""

    source: SourceFile
    literal: Literal
    related_name: str | None = None

    @property
    def modules(self) -> tuple[str, ...]:
        """What Celery tries to import because of it."""
        named = [item.value for item in self.literal.elts if isinstance(item, ast.Constant)]
        written = [name for name in named if isinstance(name, str)]
        related = [f"{name}.{self.related_name}" for name in written] if self.related_name else []
        return (*written, *related)

    def entry_for(self, module: str) -> str:
        """How a task module is written in this list."""
        package, _, leaf = module.rpartition(".")
        return package if package and leaf == self.related_name else module


def construction(tree: SourceTree, app: ObjectName, depth: int = 0) -> tuple[SourceFile, ast.Call] | None:
    """The call of Celery's class that makes the app, in its own module or in a factory."""
    defined = tree.member(app.module, app.name) or app
    source = tree.source_of(defined)
    value = source.assigned.get(defined.name) if source else None
    return _made_by(tree, source, value, depth) if source else None


def _made_by(
    tree: SourceTree, source: SourceFile, value: ast.expr | None, depth: int
) -> tuple[SourceFile, ast.Call] | None:
    if not isinstance(value, ast.Call) or depth > DEPTH:
        return None
    made = tree.origin(source, value.func)
    if is_celery_class(tree, made):
        return source, value
    defining = tree.source_of(made) if made else None
    function = defining.functions.get(made.name) if defining and made else None
    if defining is None or function is None:
        return None
    return _made_by(tree, defining, returned_app(tree, defining, function), depth + 1)


def task_lists(tree: SourceTree, sources: tuple[SourceFile, ...]) -> list[TaskList]:
    """The lists of task modules in the files that make and set up an app, the ones that replace others first."""
    found = [one for source in sources for one in _lists_in(tree, source)]
    return sorted(found, key=lambda one: one.related_name is not None)


def settings_modules(tree: SourceTree, source: SourceFile) -> Iterator[SourceFile]:
    """Modules of the project that `config_from_object` reads."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="config_from_object"), args=[argument, *_]):
                name = _module_named(tree, source, argument)
                settings = tree.file(name) if name else None
                if settings is not None:
                    yield settings
            case _:
                continue


def _module_named(tree: SourceTree, source: SourceFile, argument: ast.expr) -> str | None:
    match argument:
        case ast.Constant(value=str(text)):
            name = text.replace(":", ".")
            return name if name in tree.paths else name.rpartition(".")[0]
        case ast.Name() | ast.Attribute():
            module = tree.module_named(source, argument)
            if module in tree.paths:
                return module
            origin = tree.origin(source, argument)
            return origin.module if origin else None
        case _:
            return None


def _lists_in(tree: SourceTree, source: SourceFile) -> Iterator[TaskList]:
    for node in ast.walk(source.tree):
        for value, related_name in _values(node):
            found = literal_of(tree, source, value)
            if found is not None:
                yield TaskList(*found, related_name)


def _values(node: ast.AST) -> Iterator[tuple[ast.expr, str | None]]:
    match node:
        case ast.Call(func=ast.Attribute(attr="autodiscover_tasks")):
            if (packages := _argument(node, 0, "packages")) is not None:
                yield packages, _related_name(node)
        case ast.Call():
            yield from (
                (k.value, None) for k in node.keywords if k.arg in SETTINGS and _takes_settings(node.func)
            )
        case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value) if (
            name in SETTINGS
        ):
            yield value, None
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in SETTINGS:
            yield value, None
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value in SETTINGS:
                    yield value, None
        case _:
            return


def _takes_settings(function: ast.expr) -> bool:
    """Whether a call's keywords are Celery's settings: `Celery(...)`, a subclass, or `conf.update(...)`."""
    match function:
        case ast.Attribute(attr="update" | "Celery"):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name[:1].isupper() or name == "dict"
        case _:
            return False


def _argument(call: ast.Call, index: int, name: str) -> ast.expr | None:
    value = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    value = value or (call.args[index] if len(call.args) > index else None)
    return value.body if isinstance(value, ast.Lambda) else value


def _related_name(call: ast.Call) -> str | None:
    match _argument(call, 1, "related_name"):
        case None:
            return "tasks"
        case ast.Constant(value=str(name)):
            return name
        case _:
            return None


def literal_of(
    tree: SourceTree, source: SourceFile, value: ast.expr, depth: int = 0
) -> tuple[SourceFile, Literal] | None:
    """The literal list behind an expression: itself, or what a top-level name of the project is assigned."""
    if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        return source, value
    origin = tree.origin(source, value)
    defining = tree.source_of(origin) if origin else None
    assigned = defining.assigned.get(origin.name) if defining and origin else None
    if defining is None or assigned is None or depth > DEPTH:
        return None
    return literal_of(tree, defining, assigned, depth + 1)
