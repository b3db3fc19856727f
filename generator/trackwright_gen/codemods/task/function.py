"""The domain's generated task with the legacy task's body in it."""

import symtable
from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

from trackwright_gen.codemods.task.body import Body
from trackwright_gen.codemods.task.facts import Facts
from trackwright_gen.codemods.task.file_edits import function_named
from trackwright_gen.codemods.task.imports import add_lines, bound_imports
from trackwright_gen.codemods.task.left_alone import CannotRewriteError
from trackwright_gen.codemods.task.target import Target
from trackwright_gen.codemods.task.tree import BUILTINS, block, code, is_text, line, mentions, names_in, nodes
from trackwright_gen.location import Location

_FITTING = {
    "str": {"string", "text", "enum"},
    "int": {"integer", "bigint"},
    "float": {"float"},
    "bool": {"boolean"},
    "dict": {"json"},
    "list": {"json", "array"},
}
_PLAIN = frozenset({"string", "text", "enum", "integer", "bigint", "float", "boolean", "json", "array"})
"""Types whose values are those of a message: what a parameter without annotation may be."""


def with_body(
    target_module: cst.Module, target: Target, old: cst.FunctionDef, facts: Facts
) -> tuple[cst.Module, Body]:
    """The generated module with the task written out, and what the body's rewriting found.

    Raises:
        CannotRewriteError: the task has a body already, or the old one has no safe counterpart.
        NeedsOwnSessionError: it has none on `run.session`.
    """
    stub = function_named(target_module, target.task.name)
    if stub is None or not _is_stub(stub):
        raise CannotRewriteError(
            f"`{target.task.name}` of the domain has a body already", Location(target.file)
        )
    statements = block(old.body)
    if any(name == "run" for name in names_in(old.body)):
        raise CannotRewriteError("it has a variable `run`, which the tracked body needs", facts.location)
    body = Body(facts)
    written = body.rewrite(statements)
    given = [line(f"{name} = {value}") for name, value in _parameters(old, facts, written)]
    docstring = [each for each in statements[:1] if is_text(each)] or [
        each for each in block(stub.body)[:1] if is_text(each)
    ]
    new = stub.with_changes(
        body=stub.body.with_changes(body=[*docstring, *given, *(written or [line("run.checkpoint()")])]),
        returns=_returns(old, written) or stub.returns,
        asynchronous=old.asynchronous,
    )
    changed = target_module.with_changes(body=[new if each is stub else each for each in target_module.body])
    return changed, body


def _is_stub(function: cst.FunctionDef) -> bool:
    return any(
        isinstance(each, cst.Raise)
        and each.exc is not None
        and code(each.exc).startswith("NotImplementedError")
        for each in nodes(function.body)
    )


def _parameters(
    old: cst.FunctionDef, facts: Facts, written: Sequence[cst.BaseStatement]
) -> Iterable[tuple[str, str]]:
    """The parameters that the body uses, each with the field it is read from."""
    parameters = [*old.params.posonly_params, *old.params.params, *old.params.kwonly_params]
    if isinstance(old.params.star_arg, cst.Param) or old.params.star_kwarg is not None:
        raise CannotRewriteError("it takes *args or **kwargs: a row has columns", facts.location)
    for parameter in parameters:
        name = parameter.name.value
        if name in {facts.self_name, facts.row_parameter}:
            continue
        if any(mentions(each, {name}) for each in written):
            yield name, f"run.tracking.{_attribute(parameter, facts)}"


def _attribute(parameter: cst.Param, facts: Facts) -> str:
    name = parameter.name.value
    found = facts.target.fields.get(name)
    if found is None:
        raise CannotRewriteError(
            f"its parameter `{name}` is no field of {facts.target.domain}", facts.location
        )
    annotation = code(parameter.annotation.annotation) if parameter.annotation else ""
    plain = annotation.removesuffix("| None").strip().removeprefix("Optional[").removesuffix("]")
    fitting = _FITTING.get(plain.partition("[")[0], _PLAIN if not annotation else {plain.lower()})
    if found.type is not None and found.type not in fitting:
        raise CannotRewriteError(
            f"its parameter `{name}` is {annotation or 'of a type that nothing says'}, the field a {found.type}",
            facts.location,
        )
    if parameter.default is not None and code(parameter.default) != "None" and found.default is None:
        raise CannotRewriteError(
            f"its parameter `{name}` may be left out; say so in the spec: default: {code(parameter.default)}",
            facts.location,
        )
    return found.attribute


def _returns(old: cst.FunctionDef, written: Sequence[cst.BaseStatement]) -> cst.Annotation | None:
    if old.returns is not None:
        return old.returns
    values = [
        each
        for statement in written
        for each in nodes(statement)
        if isinstance(each, cst.Return) and each.value
    ]
    return cst.Annotation(cst.Name("object")) if values else None


def with_imports(
    target_module: cst.Module, target: Target, *, old: cst.Module, old_name: str, is_package: bool, body: Body
) -> tuple[cst.Module, set[str]]:
    """The module with what the body needs, and the names that it takes from the legacy task's own module.

    Raises:
        CannotRewriteError: a name comes from where nobody can see it.
    """
    function = function_named(target_module, target.task.name)
    assert function is not None  # noqa: S101 -- the body was written into it
    needed = {name for _, name in body.needed}
    read = _read_from_module(function) - _bound(target_module) - BUILTINS - needed
    wanted = [name for name in dict.fromkeys(names_in(function)) if name in read]
    imported = bound_imports(old, old_name, is_package=is_package)
    lines = [imported[name] for name in wanted if name in imported]
    lines += [f"from {module} import {name}" for module, name in sorted(body.needed)]
    own = {name for name in wanted if name not in imported}
    unknown = sorted(own - _bound(old))
    if unknown:
        raise CannotRewriteError(
            f"nothing in its module says what `{', '.join(unknown)}` is: import it by its name",
            body.facts.location,
        )
    loggers = [name for name in sorted(own) if _is_logger(old, name)]
    if loggers:
        lines.append("import logging")
    taken = own - set(loggers)
    lines += [f"from {old_name} import {name}" for name in sorted(taken)]
    own_package = target.task.module.partition(".")[0]
    module = add_lines(target_module, list(dict.fromkeys(lines)), own_package)
    for name in loggers:
        module = _with_logger(module, name)
    return module, taken


def _read_from_module(function: cst.FunctionDef) -> set[str]:
    """The names that a function needs its module to have."""
    module = symtable.symtable(code(function), "", "exec")
    outside = {each.get_name() for each in module.get_symbols() if each.is_referenced()}
    return outside | {name for table in module.get_children() for name in _globals(table)}


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (each.get_name() for each in table.get_symbols() if each.is_global())
    for child in table.get_children():
        yield from _globals(child)


def _bound(module: cst.Module) -> set[str]:
    """The names that a module's own statements bind, those inside of `if` and `try` as well."""
    symbols = symtable.symtable(module.code, "", "exec").get_symbols()
    return {
        each.get_name() for each in symbols if each.is_assigned() or each.is_imported() or each.is_namespace()
    }


def _is_logger(module: cst.Module, name: str) -> bool:
    return any(
        isinstance(statement, cst.SimpleStatementLine)
        and code(statement).strip().startswith(f"{name} = logging.getLogger(")
        for statement in module.body
    )


def _with_logger(module: cst.Module, name: str) -> cst.Module:
    position = next(
        (place for place, each in enumerate(module.body) if isinstance(each, cst.FunctionDef | cst.ClassDef)),
        len(module.body),
    )
    logger = line(f"{name} = logging.getLogger(__name__)").with_changes(leading_lines=[cst.EmptyLine()])
    return module.with_changes(body=[*module.body[:position], logger, *module.body[position:]])
