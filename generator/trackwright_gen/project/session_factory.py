"""The project's session factory, and whether its sessions are AsyncSessions."""

import ast

from trackwright_gen.errors import ToolError
from trackwright_gen.project.candidates import Candidate, Found, Wanted, only
from trackwright_gen.project.model import ObjectName, Session
from trackwright_gen.project.source_file import FunctionNode, SourceFile
from trackwright_gen.project.source_tree import SourceTree, is_one_of

WANTED = Wanted(
    "session factory",
    "session",
    "app.db.session:SessionLocal",
    "`SessionLocal = sessionmaker(...)` (or async_sessionmaker) at the top level of a module is looked for",
)


def _names(module: str, inner: str, name: str) -> frozenset[str]:
    """A public name, and the name under the module that defines it."""
    return frozenset({f"sqlalchemy.{module}.{name}", f"sqlalchemy.{module}.{inner}.{name}"})


SYNC_MAKERS = _names("orm", "session", "sessionmaker")
ASYNC_MAKERS = _names("ext.asyncio", "session", "async_sessionmaker")
SCOPES = _names("orm", "scoping", "scoped_session")
SYNC_SESSIONS = _names("orm", "session", "Session")
ASYNC_SESSIONS = _names("ext.asyncio", "session", "AsyncSession")


def find_session(tree: SourceTree, package: str | None) -> Found[Session]:
    """The session factory: a sessionmaker; a scoped_session only where nothing else makes sessions.

    Among several, the only one in the base class's package: scripts beside it often have one of their own.
    """
    candidates = [
        Candidate(Session(ObjectName(source.module, name), is_async), source.at(value))
        for source in tree.mentioning(b"sessionmaker")
        for name, value in source.assigned.items()
        if (is_async := makes_sessions(tree, source, value)) is not None
    ]
    plain = [candidate for candidate in candidates if not _is_scoped(tree, candidate.value.factory)]
    inside = [candidate for candidate in plain if candidate.value.factory.is_in(package)]
    return only(plain or candidates, WANTED, preferred=inside)


def makes_sessions(tree: SourceTree, source: SourceFile, value: ast.expr) -> bool | None:
    """Whether an expression makes a factory of async sessions (True), of sync ones (False), or none (None)."""
    if not isinstance(value, ast.Call):
        return None
    maker = tree.origin(source, value.func)
    if is_one_of(maker, ASYNC_MAKERS):
        return True
    if is_one_of(maker, SYNC_MAKERS):
        class_ = next((keyword.value for keyword in value.keywords if keyword.arg == "class_"), None)
        return class_ is not None and is_one_of(tree.origin(source, class_), ASYNC_SESSIONS)
    if is_one_of(maker, SCOPES) and value.args:
        return _wrapped(tree, source, value)
    return None


def _wrapped(tree: SourceTree, source: SourceFile, scoped: ast.Call) -> bool | None:
    inner = scoped.args[0]
    if isinstance(inner, ast.Call):
        return makes_sessions(tree, source, inner)
    found = _assigned(tree, tree.origin(source, inner))
    if found and found[1] is scoped:
        return False  # `Session = scoped_session(Session)`: of what it was before, which makes plain sessions
    return makes_sessions(tree, *found) if found else None


def _assigned(tree: SourceTree, name: ObjectName | None) -> tuple[SourceFile, ast.expr] | None:
    source = tree.source_of(name) if name else None
    value = source.assigned.get(name.name) if source and name else None
    return (source, value) if source and value is not None else None


def _is_scoped(tree: SourceTree, name: ObjectName) -> bool:
    match _assigned(tree, name):
        case (source, ast.Call(func=func)):
            return is_one_of(tree.origin(source, func), SCOPES)
        case _:
            return False


def session_named(tree: SourceTree, name: ObjectName) -> Session:
    """The session factory behind a name the user gave; of a `get_db()` generator, the sessionmaker it uses.

    Raises:
        ToolError: the object is no session factory that can be told to be sync or async.
    """
    defined = tree.member(name.module, name.name) or name
    if (found := _assigned(tree, defined)) and (is_async := makes_sessions(tree, *found)) is not None:
        return Session(name, is_async)
    source = tree.source_of(defined)
    function = source.functions.get(defined.name) if source else None
    if source is not None and function is not None:
        return _session_of_function(tree, source, function, name)
    raise ToolError(
        f"{name} is no session factory that can be read from the source",
        hint="name a sessionmaker, an async_sessionmaker, or a function that returns a session",
    )


def _session_of_function(
    tree: SourceTree, source: SourceFile, function: FunctionNode, name: ObjectName
) -> Session:
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        used = tree.origin(source, call.func)
        found = _assigned(tree, used)
        if used and found and (is_async := makes_sessions(tree, *found)) is not None:
            return Session(used, is_async)
    is_generator = any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function))
    returned = tree.origin(source, function.returns) if function.returns else None
    is_async = is_one_of(returned, ASYNC_SESSIONS)
    if is_generator or not (is_async or is_one_of(returned, SYNC_SESSIONS)):
        raise ToolError(
            f"{name} uses no sessionmaker of the project, and is not annotated as returning a session",
            at=source.at(function),
            hint=f"{WANTED.advice}: let {name.name}() use one",
        )
    return Session(name, is_async)
