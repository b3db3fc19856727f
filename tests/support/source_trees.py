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


TRACKED_APP: Tree = {
    "app/__init__.py": "",
    "app/base.py": """
        from app.db.base import Base
        from sqlalchemy import Column, DateTime, Integer, String

        class BaseTaskTracking(Base):
            __abstract__ = True
            id = Column(Integer, primary_key=True)
            status = Column(String(20), nullable=False)
            created_at = Column(DateTime(timezone=True), nullable=False)
            celery_task_id = Column(String(255))
        """,
    "app/services.py": """
        from trackwright import BaseTaskTrackingService

        class PriceService(BaseTaskTrackingService): ...
        """,
    "app/models.py": """
        from trackwright import BaseTaskTracking

        class PriceTracking(BaseTaskTracking):
            __tablename__ = "price_task_tracking"

        class Order: ...
        """,
}
"""What a project has around the file that a case is about."""


def reported_rows(
    root: Path, codes: str, head: str, body: str, *, around: Tree = TRACKED_APP
) -> list[object]:
    """The rows that rules report of `head + body`, counted from the end of the head; `code:row` for several rules."""
    every = lint_tree(root, {**around, "t.py": head + body}, *codes.split())
    found = [each for each in every if each.location.path.name == "t.py"]
    if " " in codes:
        return [f"{each.code}:{each.location.row}" for each in found]
    return [each.location.row - head.count("\n") for each in found]
