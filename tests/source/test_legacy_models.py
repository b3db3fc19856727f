"""What is a legacy model by its name and its bases, and what only goes by the name."""

from pathlib import Path

import pytest
from source_trees import lint_tree

USE = "def read(db):\n    return db.query(TaskStatus)\n"
MODELS = {
    f"from sqlalchemy.orm import declarative_base\nclass TaskStatus(declarative_base()): ...\n{USE}": [2, 4],
    f"from sqlalchemy.orm import declarative_base as d\nBase = d()\nclass TaskStatus(Base): ...\n{USE}": [
        3,
        5,
    ],
    f"class TaskStatus(Base): ...\n{USE}": [1, 3],
    f"class TaskStatus(db.Model): ...\n{USE}": [1, 3],
    "def make(db):\n    class TaskStatus(db.Model): ...\n    return db.query(TaskStatus)": [2, 3],
    f"from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass TaskStatus(db.Model): ...\n{USE}": [
        3,
        5,
    ],
    f"from sqlmodel import SQLModel\nclass TaskStatus(SQLModel, table=True): ...\n{USE}": [2, 4],
    f"from sqlalchemy import Table\nTaskStatus = Table('task_status', metadata)\n{USE}": [4],
    "from there.models import TaskStatus\ndef read(db, one: TaskStatus):\n    return db.query(TaskStatus)": [
        1,
        3,
    ],
    f"class TaskStatus(Other): ...\n{USE}": [],
    f"def Thing(): ...\nclass TaskStatus(Thing): ...\n{USE}": [],
    f"from enum import Enum\nclass TaskStatus(Enum):\n    DONE = 1\n{USE}": [],
    f"from pydantic import BaseModel\nclass TaskStatus(BaseModel, extra='forbid'): ...\n{USE}": [],
    f"TaskStatus = made('task_status')\n{USE}": [],
    "from there.models import TaskStatus\ndef read(one: TaskStatus):\n    return TaskStatus.PENDING": [],
    "def read(db):\n    return db.query(models().TaskStatus, models['x'].TaskStatus)": [],
}


@pytest.mark.parametrize(("source", "rows"), MODELS.items())
def test_uses_of_a_legacy_model(tmp_path: Path, source: str, rows: list[int]) -> None:
    assert [each.location.row for each in lint_tree(tmp_path, {"m.py": source}, "TW201")] == rows
