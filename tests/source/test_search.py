"""What is searched for is dropped again when many files match, and what is remembered of it is not."""

import gc
import re
from pathlib import Path

from source_trees import lint_tree, read_tree

from trackwright_gen.source.scopes import Module

ROWS = "x = 0  # a long row of a file that is read and dropped again, and read once more\n" * 6_000
SHAPE = re.compile(rb"^class Holder", re.MULTILINE)


def test_files_are_dropped_when_they_are_many(tmp_path: Path) -> None:
    tree = {f"shop/m{number}.py": f"class Holder{number}: ...\n{ROWS}" for number in range(6)}
    project = read_tree(tmp_path, {"pyproject.toml": "", **tree})
    names = [module.classes[0].name for module in project.search.modules(SHAPE, hints=(b"Holder",))]
    assert names == [f"Holder{number}" for number in range(6)]
    assert {f"shop/m{number}.py" for number in range(6)} == {
        str(path.relative_to(tmp_path)) for path in project.footprint_of().parsed
    }
    first, second = (
        next(project.search.modules(SHAPE, hints=(b"Holder",))),
        next(project.search.modules(SHAPE, hints=(b"Holder",))),
    )
    assert first is not second


def test_what_has_passed_is_given_back_where_no_garbage_is_collected(tmp_path: Path) -> None:
    tree = {f"shop/m{number}.py": f"class Holder{number}: ...\n{ROWS}" for number in range(6)}
    project = read_tree(tmp_path, {"pyproject.toml": "", **tree})
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            assert sum(1 for _ in project.search.modules(SHAPE, hints=(b"Holder",))) == 6
        alive = [
            each for each in gc.get_objects() if isinstance(each, Module) and tmp_path in each.path.parents
        ]
    finally:
        gc.enable()
    # The last one of a batch is held by who asked for it until the next one comes.
    assert len(alive) <= 3


def test_what_is_kept_stays_the_same(tmp_path: Path) -> None:
    project = read_tree(tmp_path, {"pyproject.toml": "", "shop/m.py": "class Holder: ...\n"})
    passing = project.search.modules(SHAPE, hints=(b"Holder",))
    inside = next(passing)
    (kept,) = project.search.kept(re.compile(rb"^class Hold", re.MULTILINE), hints=(b"Hold",))
    assert inside is kept
    project.search.keep(inside)
    assert list(passing) == []
    assert next(project.search.modules(SHAPE, hints=(b"Holder",))) is kept


def test_findings_do_not_depend_on_what_was_dropped(tmp_path: Path) -> None:
    tree = {
        "pyproject.toml": "",
        "shop/__init__.py": "",
        "shop/models.py": """
            from sqlalchemy import Column, Integer, String
            from sqlalchemy.orm import declarative_base
            Base = declarative_base()
            class PriceTracking(Base):
                __tablename__ = "price_task_tracking"
                id = Column(Integer, primary_key=True)
                status = Column(String(20))
                celery_task_id = Column(String(255))
            """,
        **{
            f"shop/api{number}.py": (
                "from shop.models import PriceTracking\n"
                "def stop(db, id):\n    row = db.get(PriceTracking, id)\n    row.status = 'FAILED'\n" + ROWS
            )
            for number in range(5)
        },
    }
    found = [each.location.path.name for each in lint_tree(tmp_path, tree, "TW402")]
    assert found == [f"api{number}.py" for number in range(5)]
