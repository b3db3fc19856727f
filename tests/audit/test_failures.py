"""Failed runs from real databases, and the jobs they belong to."""

from pathlib import Path

import pytest
from source_trees import Tree, read_tree
from sqlalchemy import create_engine, text

from trackwright_gen.audit.failures import count_failures
from trackwright_gen.errors import ToolError
from trackwright_gen.source.project import SourceProject

TREE: Tree = {
    "models.py": """
        from base import Base

        class TaskStatus(Base):
            __tablename__ = "job_states"
        """,
    "t.py": """
        from celery import shared_task
        from models import TaskStatus

        @shared_task
        def capture(db):
            db.query(TaskStatus).filter_by(task_type="payment.capture")

        @shared_task
        def refund(): ...

        @shared_task(name="mail.send")
        def send(): ...
        """,
    "api.py": """
        from t import send

        def post(db):
            db.add(TaskStatus(task_type="welcome-mail"))
            send.delay()
        """,
}
LEGACY = [
    "CREATE TABLE job_states (id INTEGER, task_type VARCHAR(40), status VARCHAR(20))",
    (
        "INSERT INTO job_states VALUES (1, 'payment.capture', 'FAILED'), (2, 'payment.capture', 'error'), "
        "(3, 'payment.capture', 'done'), (4, 'refund', 'failed'), (5, 'welcome-mail', 'failed'), "
        "(6, 'unknown', 'failed'), (7, NULL, 'failed')"
    ),
]
RESULTS = [
    "CREATE TABLE celery_taskmeta (id INTEGER, status VARCHAR(50), name VARCHAR(155))",
    (
        "INSERT INTO celery_taskmeta VALUES (1, 'FAILURE', 'mail.send'), (2, 'SUCCESS', 'mail.send'), "
        "(3, 'FAILURE', 't.refund'), (4, 'FAILURE', NULL)"
    ),
]


@pytest.fixture
def project(tmp_path: Path) -> SourceProject:
    return read_tree(tmp_path / "src", TREE)


def fill(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for each in statements:
            connection.execute(text(each))
    engine.dispose()


def test_both_tables_tell_of_failed_runs(database_url: str, project: SourceProject) -> None:
    fill(database_url, *LEGACY, *RESULTS)
    assert count_failures(database_url, project) == {"t.capture": 2, "t.refund": 2, "mail.send": 2}


def test_an_async_url_is_read_by_a_plain_driver(sqlite_url: str, project: SourceProject) -> None:
    fill(sqlite_url, *RESULTS)
    assert count_failures(sqlite_url.replace("sqlite:", "sqlite+aiosqlite:"), project) == {
        "mail.send": 1,
        "t.refund": 1,
    }


def test_results_without_names_tell_nothing_and_do_no_harm(sqlite_url: str, project: SourceProject) -> None:
    fill(sqlite_url, "CREATE TABLE celery_taskmeta (id INTEGER, status VARCHAR(50))")
    assert count_failures(sqlite_url, project) == {}


def test_a_database_that_cannot_tell_is_an_error(sqlite_url: str, project: SourceProject) -> None:
    with pytest.raises(ToolError, match="looked for: celery_taskmeta, job_states"):
        count_failures(sqlite_url, project)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "no URL of a database"),
        ("oracle+none://x", "no URL of a database"),
        ("sqlite:////nowhere/at/all.db", "cannot be read"),
    ],
)
def test_a_url_that_leads_nowhere_is_an_error(url: str, said: str, project: SourceProject) -> None:
    with pytest.raises(ToolError, match=said):
        count_failures(url, project)
