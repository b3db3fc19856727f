"""An application that trackwright has never seen: old base, sync sessions, psycopg2, no pyproject.toml, rows in it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from file_tree import write_tree
from python_tools import run_tool
from sqlalchemy import create_engine, inspect, text
from unseen_projects import LAYERED, revision

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
TABLES = """
        op.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(255) NOT NULL)")
        op.execute(
            "CREATE TABLE etfs (id VARCHAR(12) PRIMARY KEY, owner_id INTEGER REFERENCES users (id), listed_since DATE)"
        )
        op.execute("INSERT INTO users VALUES (1, 'a@example.org')")
        op.execute("INSERT INTO etfs VALUES ('IE00', 1, NULL)")
"""
OWN_URL = """config = context.config
import os
config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"])
"""

Run = Callable[..., str]


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """The application as it is before trackwright."""
    root = write_tree(tmp_path / "application", LAYERED)
    write_tree(root, {"alembic/versions/0002_etfs.py": revision("0002", "0001", body=TABLES)})
    env = root / "alembic" / "env.py"
    env.write_text(env.read_text().replace("config = context.config\n", OWN_URL))
    return root


@pytest.fixture
def run(application: Path, postgres_url: str) -> Run:
    """Run a Python tool in the application, its database on PostgreSQL over psycopg2."""
    url = postgres_url.replace("+psycopg", "+psycopg2", 1)

    def start(*command: str, code: int = 0) -> str:
        return run_tool(application, *command, code=code, DATABASE_URL=url.replace("%", "%%"))

    return start


def test_a_domain_comes_into_it_and_goes_again(application: Path, run: Run, postgres_url: str) -> None:
    run("alembic.config", "upgrade", "head")
    run("trackwright_gen", "init", "--transaction-per-migration")
    assert (application / "trackwright.toml").is_file()
    (application / "tracking").mkdir(exist_ok=True)
    spec = (EXAMPLES / "etf_price_update.yaml").read_text()
    (application / "tracking" / "etf_price_update.yaml").write_text(spec)
    before = {path: path.read_bytes() for path in application.rglob("*.py")}
    run("trackwright_gen", "generate")
    touched = {path.name for path, content in before.items() if path.read_bytes() != content}
    assert touched == {"base.py", "celery_app.py"}
    run("alembic.config", "upgrade", "head")
    run("alembic.config", "check")
    assert "0 untracked" not in run("trackwright_gen", "tasks")  # its own send_mail is none of ours
    generated = (application / "tests" / "test_etf_price_update_tracking.py").read_text()
    passed = re.search(r"(\d+) passed", run("pytest", "-p", "no:cacheprovider", "tests"))
    assert passed is not None
    assert int(passed[1]) >= generated.count("def test_") >= 14
    run("trackwright_gen", "generate", "--check")
    assert rows(postgres_url) == [("IE00", 1)]
    assert "etf_price_update_task_tracking" in tables(postgres_url)
    run("alembic.config", "downgrade", "0002")
    assert tables(postgres_url) == {"alembic_version", "etfs", "users"}
    assert rows(postgres_url) == [("IE00", 1)]


def test_generated_code_passes_the_strict_checkers(application: Path, run: Run) -> None:
    run("trackwright_gen", "init")
    (application / "tracking").mkdir(exist_ok=True)
    (application / "tracking" / "etf_price_update.yaml").write_text(
        (EXAMPLES / "etf_price_update.yaml").read_text()
    )
    before = set(application.rglob("*.py"))
    run("trackwright_gen", "generate")
    new = [str(path.relative_to(application)) for path in application.rglob("*.py") if path not in before]
    assert len(new) == 9
    run("ruff", "check", "--isolated", "--select", "E,F,I,B,UP,SIM,PT,RET", "--line-length", "130", *new)
    typed = [name for name in new if not name.startswith("alembic/")]  # its script.py.mako annotates nothing
    run("mypy", "--strict", "--follow-imports", "silent", *typed)


def test_bad_input_is_one_message_and_changes_nothing(application: Path, run: Run) -> None:
    write_tree(application, {"tracking/a.yaml": "domain: a\nfileds: {}\n", "tracking/b.yaml": "domain: [\n"})
    before = {path: path.read_bytes() for path in application.rglob("*") if path.is_file()}
    said = run("trackwright_gen", "generate", code=2)
    assert "tracking/a.yaml:2:1: " in said
    assert "did you mean 'fields'?" in said
    assert "tracking/b.yaml:" in said
    assert "Traceback" not in said
    after = {path: path.read_bytes() for path in application.rglob("*") if path.is_file()}
    assert {path for path in after if "__pycache__" not in path.parts} == {
        path for path in before if "__pycache__" not in path.parts
    }


def rows(url: str) -> list[tuple[object, ...]]:
    """The application's own rows."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text("SELECT id, owner_id FROM etfs"))]
    engine.dispose()
    return found


def tables(url: str) -> set[str]:
    """All tables of the database."""
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names
