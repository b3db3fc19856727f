"""The project's Celery app: `Celery(...)`, or what a factory of the project returns."""

import ast
from collections.abc import Iterator

from trackwright_gen.project.candidates import Candidate, Found, Wanted, only
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_file import FunctionNode, SourceFile
from trackwright_gen.project.source_tree import SourceTree, is_one_of

WANTED = Wanted(
    "Celery app",
    "celery",
    "app.worker:celery_app",
    "`celery_app = Celery(...)` at the top level of a module is looked for",
)
CELERY = frozenset({"celery.Celery", "celery.app.Celery", "celery.app.base.Celery"})
DEPTH = 5


def find_celery(tree: SourceTree, package: str | None) -> Found[ObjectName]:
    """The Celery app; among several, the only one in the base class's package."""
    factories = {function for source in tree.mentioning(b"elery") for function in _factories_in(tree, source)}
    words = {b"elery", *(name.name.encode() for name in factories)}
    candidates = [
        Candidate(ObjectName(source.module, name), source.at(value))
        for source in tree.mentioning(*words)
        for name, value in _first_names(source.assigned).items()
        if is_app(tree, source, value) or _is_said_to_be(tree, source, name, value)
    ]
    inside = [candidate for candidate in candidates if candidate.value.is_in(package)]
    return only(candidates, WANTED, preferred=inside)


def _is_said_to_be(tree: SourceTree, source: SourceFile, name: str, value: ast.expr) -> bool:
    """Whether a name's annotation says that a call makes an app, as of `celery_app: Celery = Proxy(make)`."""
    said = source.annotated.get(name)
    return (
        isinstance(value, ast.Call) and said is not None and is_celery_class(tree, tree.origin(source, said))
    )


def _factories_in(tree: SourceTree, source: SourceFile) -> list[ObjectName]:
    return [
        ObjectName(source.module, name)
        for name, function in source.functions.items()
        if returned_app(tree, source, function) is not None or _is_annotated(tree, source, function)
    ]


def _first_names(assigned: dict[str, ast.expr]) -> dict[str, ast.expr]:
    """Of `app = celery = Celery()`, the first name."""
    first: dict[int, str] = {}
    for name, value in assigned.items():
        first.setdefault(id(value), name)
    return {name: assigned[name] for name in first.values()}


def is_app(tree: SourceTree, source: SourceFile, value: ast.expr, depth: int = 0) -> bool:
    """Whether an expression makes a Celery app, itself or through a function of the project."""
    if not isinstance(value, ast.Call) or depth > DEPTH:
        return False
    made = tree.origin(source, value.func)
    if is_celery_class(tree, made):
        return True
    defining = tree.source_of(made) if made else None
    function = defining.functions.get(made.name) if defining and made else None
    if defining is None or function is None:
        return False
    return (
        _is_annotated(tree, defining, function) or returned_app(tree, defining, function, depth) is not None
    )


def is_celery_class(tree: SourceTree, name: ObjectName | None, depth: int = 0) -> bool:
    """Whether a name is celery.Celery or a subclass of it in the project."""
    if is_one_of(name, CELERY):
        return True
    source = tree.source_of(name) if name else None
    node = source.classes.get(name.name) if source and name else None
    if source is None or node is None or depth > DEPTH:
        return False
    return any(is_celery_class(tree, tree.origin(source, base), depth + 1) for base in node.bases)


def _is_annotated(tree: SourceTree, source: SourceFile, function: FunctionNode) -> bool:
    if _returns_global(source, function):
        return False
    match function.returns:
        case None:
            return False
        case ast.Constant(value=str(text)):
            return text.rpartition(".")[2] == "Celery"
        case returns:
            return is_celery_class(tree, tree.origin(source, returns))


def _returns_global(source: SourceFile, function: FunctionNode) -> bool:
    """Whether a function hands out an app that exists, and so makes none."""
    inside = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return any(
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Name)
        and node.value.id not in inside
        and source.binds(node.value.id)
        for node in ast.walk(function)
    )


def returned_app(
    tree: SourceTree, source: SourceFile, function: FunctionNode, depth: int = 0
) -> ast.Call | None:
    """The call that makes the app which a function returns."""
    local = dict(_local_values(function))
    for node in ast.walk(function):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        value = local.get(node.value.id, node.value) if isinstance(node.value, ast.Name) else node.value
        if isinstance(value, ast.Call) and is_app(tree, source, value, depth + 1):
            return value
    return None


def _local_values(function: FunctionNode) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((target.id, value) for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case _:
                continue
