"""TW201 finds each place that defines, imports or uses a legacy model, and no namesake."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from source_trees import Tree, lint_tree, places

MODEL = {
    "app/__init__.py": "",
    "app/models.py": """
        from app.base import Base
        from sqlalchemy import Column, Integer
        class TaskStatus(Base):
            __tablename__ = "task_status"
            id = Column(Integer, primary_key=True)
    """,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A tree and the places in it that are reported."""

    says: str
    tree: Tree
    places: tuple[str, ...]


FOUND = [
    Case("the definition", MODEL, ("app/models.py:3",)),
    Case(
        "an import, a query and a write, once per statement",
        {
            **MODEL,
            "app/use.py": """
                from app.models import TaskStatus
                def start(db):
                    row = TaskStatus(state="new")
                    db.query(TaskStatus).filter(TaskStatus.id == 1).first()
            """,
        },
        ("app/models.py:3", "app/use.py:1", "app/use.py:3", "app/use.py:4"),
    ),
    Case(
        "use through the module",
        {**MODEL, "app/use.py": "from app import models\ndef f(db):\n    db.add(models.TaskStatus())"},
        ("app/models.py:3", "app/use.py:3"),
    ),
    Case(
        "another name for the import",
        {**MODEL, "app/use.py": "from app.models import TaskStatus as Row\ndef f(db):\n    db.get(Row, 1)"},
        ("app/models.py:3", "app/use.py:1", "app/use.py:3"),
    ),
    Case(
        "a re-export under another name, used where the old name never occurs",
        {
            **MODEL,
            "app/names.py": "from app.models import TaskStatus as Legacy",
            "app/use.py": "from app.names import Legacy\ndef f(db):\n    db.get(Legacy, 1)",
        },
        ("app/models.py:3", "app/names.py:1", "app/use.py:1", "app/use.py:3"),
    ),
    Case(
        "an import inside a function, in the head of a loop",
        {
            **MODEL,
            "app/use.py": """
                def f(db):
                    from .models import TaskStatus
                    for row in db.query(TaskStatus):
                        print(row)
            """,
        },
        ("app/models.py:3", "app/use.py:2", "app/use.py:3"),
    ),
    Case(
        "an import from a module of models that is not in the tree",
        {"tasks.py": "from goldmine.models.task_status import TaskStatus\nprint(TaskStatus.id)"},
        ("tasks.py:1", "tasks.py:2"),
    ),
    Case(
        "a mapped dataclass style model",
        {
            "m.py": """
                from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
                class Root(DeclarativeBase): ...
                class TaskStatus(Root):
                    id: Mapped[int] = mapped_column(primary_key=True)
            """
        },
        ("m.py:3",),
    ),
    Case("a Flask model", {"m.py": "class TaskStatus(db.Model):\n    kind = 1"}, ("m.py:1",)),
    Case(
        "a bare table",
        {
            "m.py": "import sqlalchemy as sa\nTaskStatus = sa.Table('task_status', sa.MetaData())",
            "use.py": "from m import TaskStatus\ndef f(db):\n    db.execute(TaskStatus.select())",
        },
        ("use.py:1", "use.py:3"),
    ),
]

CLEAN = [
    Case(
        "an enum",
        {"m.py": "import enum\nclass TaskStatus(enum.Enum):\n    NEW = 1\nprint(TaskStatus.NEW)"},
        (),
    ),
    Case(
        "an enum of strings, imported",
        {
            "m.py": "from enum import StrEnum\nclass TaskStatus(StrEnum):\n    NEW = 'new'",
            "use.py": "from m import TaskStatus\nprint(TaskStatus.NEW)",
        },
        (),
    ),
    Case(
        "a schema", {"m.py": "from pydantic import BaseModel\nclass TaskStatus(BaseModel):\n    id: int"}, ()
    ),
    Case("a class of another library", {"m.py": "from anyio.abc import TaskStatus\nprint(TaskStatus)"}, ()),
    Case(
        "an annotation only",
        {**MODEL, "app/models.py": "", "app/use.py": "def f(row: 'TaskStatus') -> None: ..."},
        (),
    ),
    Case(
        "an enum whose module is not in the tree, by how it is read",
        {
            "t.py": "from shop.models.enums import TaskStatus\ndef f(row):\n    row.status = TaskStatus.PENDING"
        },
        (),
    ),
    Case("a column of that name", {"m.py": "class Job(Base):\n    TaskStatus = Column(Integer)"}, ()),
]


@pytest.mark.parametrize("each", FOUND, ids=lambda each: each.says)
def test_reports(each: Case, tmp_path: Path) -> None:
    found = places(lint_tree(tmp_path, each.tree, "TW201"), tmp_path)
    assert found == [f"TW201 {place}" for place in each.places]


@pytest.mark.parametrize("each", CLEAN, ids=lambda each: each.says)
def test_leaves_alone(each: Case, tmp_path: Path) -> None:
    assert places(lint_tree(tmp_path, each.tree, "TW201"), tmp_path) == []
