"""`from x import a, b` in three versions: the names of both sides in one statement."""

import ast

from trackwright_gen.merge.members import Member
from trackwright_gen.merge.sequence import Unmergeable

_LONGEST_ROW = 88
"""Where the project's formatter would wrap is not known here; it is run on the merged file if it was on yours."""


def merged_import(base: Member | None, new: Member, yours: Member) -> str:
    """The statement with the names that either side added, without those that either removed.

    Raises:
        Unmergeable: a statement has comments, or a star, or nothing is left of it.
    """
    before, generated, own = (_names(each) for each in (base, new, yours))
    added = [name for name in generated if name not in own and name not in before]
    names = [name for name in own if name in generated or name not in before]
    is_sorted = own == sorted(own, key=_order)
    return _statement(yours.node, sorted([*names, *added], key=_order) if is_sorted else [*names, *added])


def with_needed_imports(text: str, new: str, yours: str) -> str:
    """A merged module with the generated imports that it uses, and that the user's, without them, did not use."""
    tree = ast.parse(text)
    needed = _unbound(tree) - _unbound(ast.parse(yours))
    wanted = {
        name: f"{ast.unparse(_only(statement, alias))}\n"
        for statement in ast.parse(new).body
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for alias in statement.names
        if (name := _name(alias)) in needed
    }
    if not wanted:
        return text
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    row = max((node.end_lineno or node.lineno for node in imports), default=0)
    lines = text.split("\n")
    return "\n".join(lines[:row]) + ("\n" if row else "") + "".join(wanted.values()) + "\n".join(lines[row:])


def _unbound(tree: ast.Module) -> set[str]:
    return _used(tree) - _bound(tree)


def _used(tree: ast.Module) -> set[str]:
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _bound(tree: ast.Module) -> set[str]:
    """Every name that the module gives a meaning to somewhere."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {_name(alias) for alias in aliases}
            case _:
                continue
    return names


def _name(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _only(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    if isinstance(statement, ast.Import):
        return ast.Import([alias])
    return ast.ImportFrom(statement.module, [alias], statement.level)


def _names(member: Member | None) -> list[str]:
    if member is None:
        return []
    if not isinstance(member.node, ast.ImportFrom) or "#" in member.text or "*" in member.text:
        raise Unmergeable
    return [f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in member.node.names]


def _order(name: str) -> tuple[int, str, str]:
    """Constants, classes, then the rest, as isort has them."""
    plain = name.partition(" as ")[0]
    kind = 0 if plain.isupper() and len(plain) > 1 else 1 if plain[:1].isupper() else 2
    return kind, plain.lower(), plain


def _statement(node: ast.AST, names: list[str]) -> str:
    if not isinstance(node, ast.ImportFrom) or not names:
        raise Unmergeable
    indent = " " * node.col_offset
    head = f"{indent}from {'.' * node.level}{node.module or ''} import "
    if len(row := f"{head}{', '.join(names)}") <= _LONGEST_ROW:
        return f"{row}\n"
    listed = "".join(f"{indent}    {name},\n" for name in names)
    return f"{head}(\n{listed}{indent})\n"
