"""Imports of a file that is edited: what is needed comes in, what is needed no longer goes, all else stays."""

import sys
from collections.abc import Iterator, Sequence

import libcst as cst

from trackwright_gen.codemods.task.tree import code, is_text, line, names_in, nodes

Import = cst.Import | cst.ImportFrom


def bound_imports(module: cst.Module, name: str, *, is_package: bool) -> dict[str, str]:
    """Every name that a module's top-level imports bind, with an absolute statement that binds it."""
    found: dict[str, str] = {}
    for _, statement in _imports(module):
        if isinstance(statement, cst.Import):
            for alias in statement.names:
                text = code(alias.name)
                bound = code(alias.asname.name) if alias.asname else text.partition(".")[0]
                found[bound] = f"import {text}" + (f" as {bound}" if alias.asname else "")
        elif not isinstance(statement.names, cst.ImportStar):
            source = _absolute(statement, name, is_package=is_package)
            for alias in statement.names:
                bound = code(alias.asname.name) if alias.asname else code(alias.name)
                renamed = f" as {bound}" if alias.asname else ""
                found[bound] = f"from {source} import {code(alias.name)}{renamed}"
    return found


def _absolute(statement: cst.ImportFrom, name: str, *, is_package: bool) -> str:
    written = code(statement.module) if statement.module else ""
    level = len(statement.relative)
    if not level:
        return written
    parts = name.split(".")
    kept = parts[: len(parts) - level + (1 if is_package else 0)]
    return ".".join([*kept, *([written] if written else [])])


def add_imports(module: cst.Module, wanted: Sequence[tuple[str, str]], own: str) -> cst.Module:
    """Have `from module import name` at the head of a file, in one row with others from the same module."""
    known = set(bound_imports(module, "", is_package=False).values())
    lines = [f"from {source} import {name}" for source, name in wanted]
    return add_lines(module, [each for each in lines if each not in known], own)


def add_lines(module: cst.Module, lines: Sequence[str], own: str) -> cst.Module:
    """Put import statements beside those of their kind; `own` is the project's top package."""
    for text in lines:
        new = line(text)
        (statement,) = new.body
        assert isinstance(statement, Import)  # noqa: S101 -- import lines only
        module = _joined(module, statement) or _inserted(module, new, own)
    return module


def _joined(module: cst.Module, new: Import) -> cst.Module | None:
    """The import added to a statement that imports from the same module."""
    if not isinstance(new, cst.ImportFrom) or isinstance(new.names, cst.ImportStar):
        return None
    for holder, statement in _imports(module):
        if (
            isinstance(statement, cst.ImportFrom)
            and not statement.relative
            and not isinstance(statement.names, cst.ImportStar)
            and statement.lpar is None
            and code(statement.module or cst.Name("")) == code(new.module or cst.Name(""))
        ):
            names = [
                *(each.with_changes(comma=cst.MaybeSentinel.DEFAULT) for each in statement.names),
                *new.names,
            ]
            ordered = sorted(names, key=_by_type)
            return _replace(module, holder, statement, statement.with_changes(names=ordered))
    return None


def _by_type(alias: cst.ImportAlias) -> tuple[int, str]:
    """Constants, classes, then all else: the order of ruff and isort."""
    name = code(alias.name)
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)


def _replace(module: cst.Module, holder: cst.SimpleStatementLine, old: Import, new: Import) -> cst.Module:
    changed = holder.with_changes(body=[new if each is old else each for each in holder.body])
    return module.with_changes(body=[changed if each is holder else each for each in module.body])


def _inserted(module: cst.Module, new: cst.SimpleStatementLine, own: str) -> cst.Module:
    body = list(module.body)
    positions = [(body.index(holder), _source(statement)) for holder, statement in _imports(module)]
    if not positions:
        is_headed = bool(body) and isinstance(body[0], cst.SimpleStatementLine) and is_text(body[0])
        place = 1 if is_headed else 0
        return module.with_changes(body=[*body[:place], new, *body[place:]])
    (added,) = new.body
    assert isinstance(added, Import)  # noqa: S101 -- the caller's condition
    place = _place(positions, _source(added), own)
    if place == positions[0][0]:
        first = body[place]
        assert isinstance(first, cst.SimpleStatementLine)  # noqa: S101 -- it is an import
        new = new.with_changes(leading_lines=first.leading_lines)
        body[place] = first.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    elif place in dict(positions):
        following = body[place]
        assert isinstance(following, cst.SimpleStatementLine)  # noqa: S101 -- it is an import
        is_alike = _package(dict(positions)[place]) == _package(_source(added))
        if is_alike and not any(each.comment for each in following.leading_lines):
            # The blank row above a group of imports stays above it.
            new = new.with_changes(leading_lines=following.leading_lines)
            body[place] = following.with_changes(leading_lines=[])
    return module.with_changes(body=[*body[:place], new, *body[place:]])


def _place(positions: Sequence[tuple[int, str]], source: str, own: str) -> int:
    """Where an import belongs: in the order of its package's imports, others in front of the project's own."""
    top = _package(source)
    alike = [(place, each) for place, each in positions if _package(each) == top]
    for place, each in alike:
        if each > source:
            return place
    if alike:
        return alike[-1][0] + 1
    first, last = positions[0][0], positions[-1][0] + 1
    if top in sys.stdlib_module_names:
        known = sys.stdlib_module_names | {"__future__"}
        return max((place + 1 for place, each in positions if _package(each) in known), default=first)
    if top == own:
        return last
    return max((place + 1 for place, each in positions if _package(each) != own), default=first)


def _package(source: str) -> str:
    return source.partition(".")[0]


def _source(statement: Import) -> str:
    if isinstance(statement, cst.Import):
        return code(statement.names[0].name)
    return code(statement.module) if statement.module else ""


def drop_unused(module: cst.Module, names: set[str]) -> cst.Module:
    """Take away top-level imports of names that nothing in the file uses."""
    return drop_imports(module, names - set(_used(module)))


def drop_imports(module: cst.Module, names: set[str]) -> cst.Module:
    """Take away top-level imports of names."""
    for holder, statement in list(_imports(module)):
        if isinstance(statement.names, cst.ImportStar):
            continue
        kept = [alias for alias in statement.names if _bound(alias) not in names]
        if len(kept) == len(statement.names):
            continue
        if kept:
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            module = _replace(module, holder, statement, statement.with_changes(names=kept))
        else:
            module = _without(module, holder)
    return module


def _without(module: cst.Module, holder: cst.SimpleStatementLine) -> cst.Module:
    body = [each for each in module.body if each is not holder]
    position = list(module.body).index(holder)
    if position < len(body) and any(each.comment for each in holder.leading_lines):
        following = body[position]
        lines = getattr(following, "leading_lines", ())
        body[position] = following.with_changes(leading_lines=[*holder.leading_lines, *lines])
    return module.with_changes(body=body)


def _bound(alias: cst.ImportAlias) -> str:
    return code(alias.asname.name) if alias.asname else code(alias.name).partition(".")[0]


def _imports(module: cst.Module) -> Iterator[tuple[cst.SimpleStatementLine, Import]]:
    for statement in module.body:
        if isinstance(statement, cst.SimpleStatementLine):
            for inner in statement.body:
                if isinstance(inner, Import):
                    yield statement, inner


def _used(module: cst.Module) -> Iterator[str]:
    for statement in module.body:
        is_import = isinstance(statement, cst.SimpleStatementLine) and any(
            isinstance(each, Import) for each in statement.body
        )
        if not is_import:
            yield from names_in(statement)
            for node in nodes(statement):
                if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
                    yield node.evaluated_value  # in __all__, or an annotation
