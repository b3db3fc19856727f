"""Each rule finds its page's example whatever way the names in it are imported."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from source_trees import Tree, lint_tree

from trackwright_gen.lint.catalog import all_rules
from trackwright_gen.lint.rule import Rule

OF_COMMENTS = "TW9"
"""What these rules find is in comments, which have no imports."""


class _Through(ast.NodeTransformer):
    """Reads imported names as attributes of a module."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self._attributes = attributes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """`shared_task` as `celery.shared_task`."""
        dotted = self._attributes.get(node.id)
        if dotted is None or not isinstance(node.ctx, ast.Load):
            return node
        return ast.parse(dotted, mode="eval").body


def example(rule: Rule) -> ast.Module:
    """The code under "Example"."""
    match = re.search(r"## Example\n```python\n(.*?)```", rule.page, re.DOTALL)
    assert match is not None
    return ast.parse(match[1])


def imports(tree: ast.Module) -> list[ast.ImportFrom]:
    """The `from ... import` statements at the top, but for those of __future__."""
    return [each for each in tree.body if isinstance(each, ast.ImportFrom) and each.module != "__future__"]


def names(found: list[ast.ImportFrom]) -> list[tuple[str, str, str]]:
    """Module, name there, name here."""
    return [
        (each.module or "", alias.name, alias.asname or alias.name) for each in found for alias in each.names
    ]


def rewritten(rule: Rule, lines: list[str], attributes: dict[str, str]) -> str:
    """The example with other imports, and its names read through them."""
    tree = example(rule)
    tree.body = [each for each in tree.body if each not in imports(tree)]
    return "\n".join([*lines, ast.unparse(_Through(attributes).visit(tree))])


def through_the_module(rule: Rule) -> Tree:
    """`import a.b as ab`."""
    found = names(imports(example(rule)))
    aliases = {module: f"m{number}" for number, module in enumerate(dict.fromkeys(each[0] for each in found))}
    lines = [f"import {module} as {alias}" for module, alias in aliases.items()]
    return {
        "app/example.py": rewritten(rule, lines, {here: f"{aliases[m]}.{name}" for m, name, here in found})
    }


def under_another_name(rule: Rule) -> Tree:
    """`from a.b import c as d`."""
    found = names(imports(example(rule)))
    lines = [f"from {module} import {name} as other_{here}" for module, name, here in found]
    return {"app/example.py": rewritten(rule, lines, {here: f"other_{here}" for *_, here in found})}


def re_exported(rule: Rule) -> Tree:
    """`from app.kit import d`, which the package takes from one of its modules, from where it is."""
    found = names(imports(example(rule)))
    return {
        "app/__init__.py": "",
        "app/kit/__init__.py": "\n".join(f"from .inner import {here} as kit_{here}" for *_, here in found),
        "app/kit/inner.py": "\n".join(
            f"from {module} import {name} as {here}" for module, name, here in found
        ),
        "app/example.py": rewritten(
            rule, [f"from app.kit import kit_{here} as {here}" for *_, here in found], {}
        ),
    }


def by_a_star(rule: Rule) -> Tree:
    """`from app.kit import *`."""
    found = names(imports(example(rule)))
    return {
        "app/__init__.py": "",
        "app/kit.py": "\n".join(f"from {module} import {name} as {here}" for module, name, here in found),
        "app/example.py": rewritten(rule, ["from app.kit import *"], {}),
    }


def from_the_package(rule: Rule) -> Tree:
    """`from . import kit`."""
    found = names(imports(example(rule)))
    return {
        "app/__init__.py": "",
        "app/kit.py": "\n".join(f"from {module} import {name} as {here}" for module, name, here in found),
        "app/example.py": rewritten(rule, ["from . import kit"], {here: f"kit.{here}" for *_, here in found}),
    }


def tried(rule: Rule) -> Tree:
    """In `try`, with another way where that fails."""
    found = names(imports(example(rule)))
    lines = ["try:", *(f"    from {m} import {name} as {here}" for m, name, here in found), "    pass"]
    lines += ["except ImportError:", *(f"    {here} = None" for *_, here in found), "    pass"]
    return {"app/example.py": rewritten(rule, lines, {})}


def in_a_function(rule: Rule) -> Tree:
    """All of it in a function, imports too."""
    tree = example(rule)
    body = [
        each for each in tree.body if not (isinstance(each, ast.ImportFrom) and each.module == "__future__")
    ]
    tree.body = [ast.parse("def register(): ...").body[0]]
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = body
    return {"app/example.py": ast.unparse(ast.fix_missing_locations(tree))}


STYLES = [
    through_the_module,
    under_another_name,
    re_exported,
    by_a_star,
    from_the_package,
    tried,
    in_a_function,
]
RULES = [rule for rule in all_rules() if not rule.code.startswith(OF_COMMENTS)]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_is_found(rule: Rule, style: Callable[[Rule], Tree], tmp_path: Path) -> None:
    found = lint_tree(tmp_path, style(rule), rule.code)
    assert {each.code for each in found} == {rule.code}
