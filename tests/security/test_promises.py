"""What SECURITY.md promises of the code that is shipped."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, sessionmaker

from trackwright import TaskTrackingMixin, TrackwrightError
from trackwright.jobs import TaskRun, tracked_task
from trackwright.sqlite import configure_sqlite

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(
    path for name in ("runtime", "generator", "templates") for path in (ROOT / name).rglob("*.py")
)
BANNED_MODULES = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle"})
BANNED_CALLS = frozenset({"eval", "exec", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load"})
SQL_CALLS = frozenset({"text", "exec_driver_sql"})


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_starts_a_shell_loads_pickle_runs_text_or_pastes_sql(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")])
    }
    assert not imported & BANNED_MODULES
    for call in calls(tree):
        name = ast.unparse(call.func)
        assert name not in BANNED_CALLS
        assert not any(keyword.arg == "shell" for keyword in call.keywords)
        if name.rpartition(".")[2] in SQL_CALLS and call.args:
            assert not isinstance(call.args[0], ast.JoinedStr), ast.unparse(call)


def test_a_new_projects_workers_take_json_only() -> None:
    worker = (ROOT / "templates/trackwright_templates/project/app/worker.py.jinja").read_text()
    assert 'accept_content=["json"]' in worker
    assert 'task_serializer="json"' in worker


@pytest.mark.parametrize(
    "argument",
    ["1 OR 1=1", "1); DROP TABLE mail_task_tracking; --", {"id": 1}, [1, 2], 2**70, None],
    ids=["a condition", "a statement", "an object", "a list", "a huge number", "nothing"],
)
def test_a_hostile_message_runs_no_body_and_changes_no_row(database_url: str, argument: Any) -> None:
    class Base(DeclarativeBase):
        pass

    class MailTracking(TaskTrackingMixin, Base):
        __tablename__ = "mail_task_tracking"

    engine = create_engine(database_url)
    configure_sqlite(engine)
    Base.metadata.create_all(engine)
    sessions = sessionmaker(engine)
    ran: list[int] = []

    def body(run: TaskRun[MailTracking]) -> None:
        ran.append(run.tracking.id)

    from celery import Celery

    task = tracked_task(Celery("hostile", set_as_current=False), MailTracking, session_factory=sessions)(body)
    with sessions() as session:
        session.add(MailTracking())
        session.commit()
    result = task.apply(args=(argument,))
    assert isinstance(result.result, SQLAlchemyError | TrackwrightError | OverflowError)
    assert ran == []
    with sessions() as session:
        assert session.scalars(select(MailTracking.status)).all() == ["PENDING"]
        assert session.scalar(select(func.count()).select_from(text("mail_task_tracking"))) == 1
    engine.dispose()


def test_a_hostile_repository_is_linted_and_never_run(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text("from celery import shared_task\n\n@shared_task\ndef secret(): ...\n")
    repository = tmp_path / "repository"
    repository.mkdir()
    marker = tmp_path / "was-run"
    attack = f"open({str(marker)!r}, 'w').close()\n"
    for name in ("setup.py", "conftest.py", "sitecustomize.py", "trackwright.py", "celery.py", "tasks.py"):
        (repository / name).write_text(attack + "from celery import shared_task\n")
    (repository / "deep.py").write_text("from celery import shared_task\nx = " + "(" * 5_000 + ")" * 5_000)
    (repository / "long.py").write_text("from celery import shared_task\nx = " + "-" * 200_000 + "1\n")
    (repository / "nul.py").write_bytes(b"from celery import shared_task\n\x00\n")
    (repository / "latin.py").write_bytes(
        b"# -*- coding: no-such-thing -*-\nfrom celery import shared_task\n"
    )
    (repository / "way_out").symlink_to(outside, target_is_directory=True)
    (repository / "circle").symlink_to(repository, target_is_directory=True)
    (repository / "tasks.yaml").write_text("a: &a [*a, *a]\n")
    (repository / "pyproject.toml").write_text('[tool.trackwright.lint]\nselect = ["ALL"]\n')
    command = [sys.executable, "-I", "-m", "trackwright_gen", "lint", "--no-cache", "-C", str(repository)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode in {1, 2}, said
    assert "Traceback" not in said
    assert not marker.exists()
    assert re.search(r"deep\.py|long\.py|nul\.py|latin\.py", said)
    assert "secret" not in said
