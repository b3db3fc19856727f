"""Source trees written in a test's body, read as the commands read them."""

import datetime as dt
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

from trackwright_gen.diagnostics import Diagnostic
from trackwright_gen.lint.catalog import select_rules
from trackwright_gen.lint.engine import LintResult, lint
from trackwright_gen.lint.fix_run import FixRun, fix_all
from trackwright_gen.lint.rule import Rule
from trackwright_gen.source.files import DEFAULT_EXCLUDE, select_files
from trackwright_gen.source.project import ReadOptions, SourceProject, read_project

Tree = Mapping[str, str]
TODAY = dt.date(2026, 6, 1)


def write_tree(root: Path, tree: Tree) -> None:
    """Write files given as path -> source."""
    for name, source in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source).lstrip("\n"), encoding="utf-8")


def read_tree(
    root: Path, tree: Tree, *, legacy: tuple[str, ...] = ("TaskStatus",), markers: tuple[str, ...] = ()
) -> SourceProject:
    """Write a tree and read it as one project."""
    write_tree(root, tree)
    options = ReadOptions(legacy_models=legacy, tracking_markers=markers, today=TODAY)
    return read_project(select_files([root], DEFAULT_EXCLUDE), options)


def lint_tree(root: Path, tree: Tree, *codes: str) -> tuple[Diagnostic, ...]:
    """Write a tree and give the findings of some rules (of all without any)."""
    rules = select_rules(select=codes or None)
    return lint(read_tree(root, tree), rules, TODAY).diagnostics


def fix_folder(root: Path, rules: Iterable[Rule], *, unsafe: bool = True) -> FixRun:
    """Fix the files of a folder by some rules; nothing is written."""
    selection, chosen = select_files([root], DEFAULT_EXCLUDE), tuple(rules)
    options = ReadOptions(legacy_models=("TaskStatus",), tracking_markers=(), today=TODAY)

    def check(instead: Mapping[Path, bytes]) -> LintResult:
        return lint(read_project(selection, options, instead), chosen, TODAY)

    return fix_all(check, {}, unsafe=unsafe)


def places(diagnostics: tuple[Diagnostic, ...], root: Path) -> list[str]:
    """`code path:row` of each finding."""
    return [f"{each.code} {each.location.path.relative_to(root)}:{each.location.row}" for each in diagnostics]
