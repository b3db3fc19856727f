"""Work that a project records in tables of its own is tracked; rows of other kinds are not work."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from source_trees import Tree, read_tree

DJANGO = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        class ImportJob(models.Model):
            status = models.CharField(max_length=20)
            task_id = models.CharField(max_length=255)
            started_at = models.DateTimeField(null=True)
            finished_at = models.DateTimeField(null=True)
            error = models.TextField()
            def mark(self, status):
                self.status = status
                self.save()
        class Order(models.Model):
            status = models.CharField(max_length=20)
            total = models.IntegerField()
    """,
}
SQLALCHEMY = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from sqlalchemy import Column, DateTime, Integer, String
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()
        class SyncRun(Base):
            __tablename__ = "sync_runs"
            id = Column(Integer, primary_key=True)
            state = Column(String)
            completed_at = Column(DateTime)
    """,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A tree with one task, whether it is tracked, and what speaks for it."""

    says: str
    tree: Tree
    tracked: bool
    evidence: tuple[str, ...]


def django(says: str, body: str, *evidence: str, tracked: bool = True) -> Case:
    """A case with the source of shop/tasks.py beside Django's models."""
    return Case(says, {**DJANGO, "shop/tasks.py": body}, tracked, evidence)


def sqlalchemy(says: str, body: str, *evidence: str, tracked: bool = True) -> Case:
    """A case with the source of shop/tasks.py beside SQLAlchemy's models."""
    return Case(says, {**SQLALCHEMY, "shop/tasks.py": body}, tracked, evidence)


CASES = [
    django(
        "statuses assigned to a row",
        """
            from celery import shared_task
            from shop.models import ImportJob
            @shared_task
            def run(pk):
                job = ImportJob.objects.get(pk=pk)
                job.status = "running"
                job.save()
                job.status = "done"
        """,
        "shop/tasks.py:6 ImportJob PROCESSING",
        "shop/tasks.py:8 ImportJob COMPLETED",
    ),
    django(
        "updates of a query, and constants with a prefix",
        """
            from celery import shared_task
            from shop import models
            from shop.constants import STATUS_FAILED, STATUS_IN_PROGRESS
            @shared_task
            def run(pk):
                rows = models.ImportJob.objects.filter(pk=pk)
                rows.update(status=STATUS_IN_PROGRESS)
                rows.update(status=STATUS_FAILED)
        """,
        "shop/tasks.py:7 ImportJob PROCESSING",
        "shop/tasks.py:8 ImportJob FAILED",
    ),
    django(
        "a method of the row, given the status",
        """
            from celery import shared_task
            from shop.models import ImportJob as Job
            @shared_task
            def run(pk):
                job = Job.objects.select_for_update().get(pk=pk)
                job.mark("STARTED")
                job.mark("SUCCESS")
        """,
        "shop/models.py:9 ImportJob PROCESSING",
        "shop/models.py:9 ImportJob COMPLETED",
    ),
    django(
        "a row handed to a function",
        """
            from celery import shared_task
            from shop.models import ImportJob
            def finish(row):
                row.status = "finished"
            @shared_task
            def run(pk):
                job = ImportJob.objects.create(status="in progress")
                finish(job)
        """,
        "shop/tasks.py:7 ImportJob PROCESSING",
        "shop/tasks.py:4 ImportJob COMPLETED",
    ),
    django(
        "times of start and end",
        """
            from celery import shared_task
            from django.utils.timezone import now
            from shop.models import ImportJob
            @shared_task
            def run(pk):
                job = ImportJob.objects.get(pk=pk)
                job.started_at = now()
                job.finished_at = now()
        """,
        "shop/tasks.py:7 ImportJob PROCESSING",
        "shop/tasks.py:8 ImportJob ENDED",
    ),
    django(
        "a row that says how the work ended, and waits until then",
        """
            from celery import shared_task
            from shop.models import ImportJob
            @shared_task
            def run(pk):
                job = ImportJob.objects.get(pk=pk)
                job.status = "failed" if broken() else "success"
        """,
        "shop/tasks.py:6 ImportJob COMPLETED | FAILED",
    ),
    django(
        "signal handlers for the tasks that a dictionary names",
        """
            from celery import shared_task
            from celery.signals import task_postrun, task_prerun
            from shop.models import ImportJob
            KNOWN = {"shop.tasks.run": "import"}
            @shared_task
            def run(pk): ...
            @task_prerun.connect
            def started(task_id=None, task=None, **rest):
                if task.name not in KNOWN:
                    return
                ImportJob.objects.filter(task_id=task_id).update(status="STARTED")
            @task_postrun.connect
            def ended(task_id=None, task=None, **rest):
                if task.name in KNOWN:
                    ImportJob.objects.filter(task_id=task_id).update(status="SUCCESS")
        """,
        "shop/tasks.py:11 ImportJob PROCESSING",
        "shop/tasks.py:15 ImportJob COMPLETED",
    ),
    Case(
        "hooks of a base class that the app names by a text",
        {
            **DJANGO,
            "shop/bases.py": """
                from celery import Task
                from shop.models import ImportJob
                class Recording(Task):
                    def before_start(self, task_id, args, kwargs):
                        ImportJob.objects.filter(task_id=task_id).update(status="running")
                    def on_success(self, retval, task_id, args, kwargs):
                        ImportJob.objects.filter(task_id=task_id).update(status="success")
            """,
            "shop/tasks.py": """
                from celery import Celery
                app = Celery("shop", task_cls="shop.bases:Recording")
                @app.task
                def run(pk): ...
            """,
        },
        True,
        ("shop/bases.py:5 ImportJob PROCESSING", "shop/bases.py:7 ImportJob COMPLETED"),
    ),
    Case(
        "hooks of a base class that the app is given later",
        {
            **DJANGO,
            "shop/tasks.py": """
                from celery import Celery
                from shop.models import ImportJob
                app = Celery("shop")
                class Recording(app.Task):
                    def __call__(self, *args, **kwargs):
                        job = ImportJob.objects.create(status="running")
                        super().__call__(*args, **kwargs)
                        job.status = "done"
                app.Task = Recording
                @app.task
                def run(pk): ...
            """,
        },
        True,
        ("shop/tasks.py:6 ImportJob PROCESSING", "shop/tasks.py:8 ImportJob COMPLETED"),
    ),
    django(
        "a state set by name, behind an API",
        """
            from celery import shared_task
            from shop.api import set_request_state
            @shared_task
            def run(request_id):
                set_request_state(request_id, "in_progress", "building")
                set_request_state(request_id, "complete", "done")
        """,
        "shop/tasks.py:5 set_request_state(PROCESSING)",
        "shop/tasks.py:6 set_request_state(COMPLETED)",
    ),
    sqlalchemy(
        "a row that a session gets",
        """
            from celery import shared_task
            from shop.models import SyncRun
            @shared_task
            def run(pk):
                with Session() as session:
                    row = session.get(SyncRun, pk)
                    row.state = "RUNNING"
                    row.state = "SUCCEEDED"
        """,
        "shop/tasks.py:7 SyncRun PROCESSING",
        "shop/tasks.py:8 SyncRun COMPLETED",
    ),
    sqlalchemy(
        "a query's row from another module, and an update statement",
        """
            from celery import shared_task
            from sqlalchemy import update
            from shop.models import SyncRun
            def find(session, pk):
                return session.query(SyncRun).filter_by(id=pk).one()
            @shared_task
            def run(pk):
                row = find(session, pk)
                row.state = "running"
                session.execute(update(SyncRun).where(SyncRun.id == pk).values(state="error"))
        """,
        "shop/tasks.py:9 SyncRun PROCESSING",
        "shop/tasks.py:10 SyncRun FAILED",
    ),
    sqlalchemy(
        "a selected row",
        """
            from celery import shared_task
            from sqlalchemy import select
            from shop.models import SyncRun
            @shared_task
            def run(pk):
                row = session.scalars(select(SyncRun).where(SyncRun.id == pk)).one()
                row.state = "running"
                session.query(SyncRun).filter_by(id=pk).update({"state": "done"})
        """,
        "shop/tasks.py:7 SyncRun PROCESSING",
        "shop/tasks.py:8 SyncRun COMPLETED",
    ),
    django(
        "an order has a status of its own",
        """
            from celery import shared_task
            from shop.models import Order
            @shared_task
            def run(pk):
                order = Order.objects.get(pk=pk)
                order.status = "processing"
                order.status = "completed"
        """,
        tracked=False,
    ),
    django(
        "a clean-up that only ends rows of others",
        """
            from celery import shared_task
            from shop.models import ImportJob
            @shared_task
            def run():
                ImportJob.objects.filter(status="running").update(status="failed")
        """,
        "shop/tasks.py:5 ImportJob FAILED",
        tracked=False,
    ),
    django(
        "a clean-up that deletes rows",
        """
            from celery import shared_task
            from shop.models import ImportJob
            @shared_task
            def run():
                ImportJob.objects.filter(status="done").delete()
        """,
        tracked=False,
    ),
    Case(
        "a legacy model is what tracking is to replace",
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from sqlalchemy import Column, String
                from shop.base import Base
                class TaskStatus(Base):
                    __tablename__ = "task_status"
                    status = Column(String)
                    celery_task_id = Column(String)
            """,
            "shop/tasks.py": """
                from celery import shared_task
                from shop.models import TaskStatus
                @shared_task
                def run(pk):
                    row = session.get(TaskStatus, pk)
                    row.status = "running"
                    row.status = "done"
            """,
        },
        False,
        (),
    ),
]


@pytest.mark.parametrize("each", CASES, ids=lambda each: each.says)
def test_says(each: Case, tmp_path: Path) -> None:
    (job,) = read_tree(tmp_path, each.tree).jobs
    shown = tuple(f"{one.path.relative_to(tmp_path)}:{one.line} {one.what}" for one in job.evidence)
    assert (job.tracked, sorted(shown)) == (each.tracked, sorted(each.evidence))
