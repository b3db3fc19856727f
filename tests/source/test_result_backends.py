"""A result backend that the project wrote tracks all tasks whose results it is handed, if it writes rows of work."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from source_trees import Tree, read_tree

MODELS = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from sqlalchemy import Column, DateTime, String
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()
        class TaskRun(Base):
            __tablename__ = "task_runs"
            task_id = Column(String, primary_key=True)
            status = Column(String)
            finished_at = Column(DateTime)
        class Setting(Base):
            __tablename__ = "settings"
            key = Column(String, primary_key=True)
            value = Column(String)
    """,
}
TASK = "from celery import shared_task\n@shared_task\ndef run(pk): ...\n"
ROWS = """
    from celery.backends.base import BaseBackend
    from shop.models import TaskRun
    class Rows(BaseBackend):
        def _store_result(self, task_id, result, state, traceback=None, **kwargs):
            with Session() as session:
                session.merge(TaskRun(task_id=task_id, status=state))
"""
ALL = "COMPLETED | FAILED | PROCESSING"


@dataclass(frozen=True, slots=True)
class Case:
    """A backend and a task, and what speaks for its tracking; nothing, if it is untracked."""

    says: str
    backend: str
    evidence: tuple[str, ...] = ()
    task: str = TASK
    more: tuple[tuple[str, str], ...] = ()

    @property
    def tree(self) -> Tree:
        """All files."""
        return {**MODELS, "shop/backend.py": self.backend, "shop/tasks.py": self.task, **dict(self.more)}


CASES = [
    Case("a new row for each state", ROWS, (f"shop/backend.py:6 TaskRun {ALL}",)),
    Case(
        "a row that is looked for, changed in a function",
        """
            from celery.backends import base
            from shop.models import TaskRun
            class Rows(base.KeyValueStoreBackend):
                def store_result(self, task_id, result, state, **kwargs):
                    self._write(session.get(TaskRun, task_id), state)
                def _write(self, row, status):
                    row.status = status
        """,
        (f"shop/backend.py:7 TaskRun {ALL}",),
    ),
    Case(
        "an update with changes that were put together before",
        """
            from celery.backends.base import BaseDictBackend as Base
            from celery.states import READY_STATES
            from sqlalchemy import update
            from shop.models import TaskRun
            class Rows(Base):
                def _store_result(self, task_id, result, status, traceback=None, request=None):
                    changes = {"status": status}
                    if status in READY_STATES:
                        changes["finished_at"] = now()
                    session.execute(update(TaskRun).where(TaskRun.task_id == task_id).values(**changes))
        """,
        ("shop/backend.py:10 TaskRun COMPLETED | ENDED | FAILED | PROCESSING",),
    ),
    Case(
        "a method for each state",
        """
            from celery.backends.base import BaseBackend
            from shop.models import TaskRun
            class Rows(BaseBackend):
                def mark_as_started(self, task_id, **meta):
                    session.get(TaskRun, task_id).status = "started"
                def mark_as_done(self, task_id, result, **meta):
                    session.get(TaskRun, task_id).status = "done"
        """,
        ("shop/backend.py:5 TaskRun PROCESSING", "shop/backend.py:7 TaskRun COMPLETED"),
    ),
    Case(
        "a class between Celery's and the one in use",
        "from shop.own import Ours\nclass Quick(Ours):\n    interval = 1\n",
        (f"shop/own.py:6 TaskRun {ALL}",),
        more=(("shop/own.py", ROWS.replace("Rows", "Ours")),),
    ),
    Case(
        "a model of the project's for a backend's own code to write",
        """
            from celery.backends.database import DatabaseBackend
            from shop.models import TaskRun
            class Rows(DatabaseBackend):
                task_cls = TaskRun
        """,
        ("shop/backend.py:4 Rows.task_cls = TaskRun",),
    ),
    Case(
        "the same of Django's backend",
        """
            from django_celery_results.backends import DatabaseBackend
            from shop.models import TaskRun
            class Rows(DatabaseBackend):
                TaskModel = TaskRun
        """,
        ("shop/backend.py:4 Rows.TaskModel = TaskRun",),
    ),
    Case(
        "a task whose result is thrown away",
        ROWS,
        task="from celery import shared_task\n@shared_task(ignore_result=True)\ndef run(pk): ...\n",
    ),
    Case(
        "a job of another framework",
        ROWS,
        task="from rq.decorators import job\n@job('low')\ndef run(pk): ...\n",
    ),
    Case(
        "a backend that only keeps texts under keys",
        """
            from celery.backends.base import KeyValueStoreBackend
            from shop.models import Setting
            class Texts(KeyValueStoreBackend):
                def set(self, key, value):
                    session.merge(Setting(key=key, value=value))
                def store_result(self, task_id, result, state, **kwargs):
                    self.set(task_id, state)
        """,
    ),
    Case(
        "Celery's own backend, given an option",
        """
            from celery.backends.database import DatabaseBackend
            class Patient(DatabaseBackend):
                subpolling_interval = 0.5
        """,
    ),
    Case(
        "a backend for something else",
        """
            from mail.backends.base import BaseBackend
            from shop.models import TaskRun
            class Rows(BaseBackend):
                def store_result(self, task_id, result, state):
                    session.merge(TaskRun(task_id=task_id, status=state))
        """,
    ),
]


@pytest.mark.parametrize("each", CASES, ids=lambda each: each.says)
def test_says(each: Case, tmp_path: Path) -> None:
    (job,) = read_tree(tmp_path, each.tree).jobs
    shown = tuple(f"{one.path.relative_to(tmp_path)}:{one.line} {one.what}" for one in job.evidence)
    assert (job.tracked, shown) == (bool(each.evidence), each.evidence)
