"""Specs proposed from code, and from rows: valid, each line with its place, questions where nothing can be known."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from depot import DEPOT
from depot_copy import depot_in
from file_tree import write_tree
from sqlalchemy import create_engine, text

from trackwright_gen.cli.group import trackwright
from trackwright_gen.spec.loader import read_spec
from trackwright_gen.spec.model import DomainSpec


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    """The depot's application before anything is prepared."""
    return depot_in(tmp_path / "depot").root


def said(root: Path, *options: str, code: int = 0) -> str:
    """What the command says."""
    done = CliRunner().invoke(trackwright, ["legacy", "spec", "-C", str(root), *options])
    assert done.exit_code == code, done.output
    return done.output


def spec(root: Path, domain: str) -> DomainSpec:
    """A spec as `generate` reads it."""
    return read_spec(root / "tracking" / f"{domain}.yaml").spec


def test_each_kind_of_task_becomes_a_domain(depot: Path) -> None:
    output = said(depot)
    names = {path.stem for path in (depot / "tracking").glob("*.yaml")}
    assert names == {"price_refresh", "invoice", "order_import", "stock_update"}
    price = spec(depot, "price_refresh")
    assert price.task.name == "refresh_price"
    assert price.task.timeout.soft == 60
    assert (price.task.retry.max_attempts, price.task.retry.base) == (3, 60)
    assert price.legacy is not None
    assert (price.legacy.table, price.legacy.task_type) == ("task_status", "price_refresh")
    assert price.legacy.fields == {"resource_id": "sku", "retry_count": "attempts"}
    assert price.legacy.status == {
        "pending": "PENDING",
        "running": "PROCESSING",
        "success": "COMPLETED",
        "error": "FAILED",
    }
    imports = spec(depot, "order_import")
    assert imports.legacy is not None
    assert imports.legacy.fields["task_metadata.source"] == "source"
    assert imports.fields["source"].default == "upload"
    assert spec(depot, "invoice").task.retry.give_up_on == ("ValueError",)
    own = spec(depot, "stock_update")
    assert own.legacy is not None
    assert (own.legacy.task_type, list(own.fields)) == (None, ["sku", "change"])
    assert "questions" in output


def test_every_line_says_where_it_comes_from(depot: Path) -> None:
    said(depot)
    text = (depot / "tracking" / "price_refresh.yaml").read_text()
    lines = text.splitlines()
    row = DEPOT["app/tasks/prices.py"].strip("\n").splitlines()
    at = 1 + next(number for number, line in enumerate(row) if "countdown" in line)
    assert lines[lines.index("    base: 60s") - 1] == (
        f"    # app/tasks/prices.py:{at}: countdown=60 * 2 ** self.request.retries"
    )
    assert "# ? required: true?" in text


def test_a_spec_that_exists_is_kept(depot: Path) -> None:
    said(depot)
    mine = depot / "tracking" / "invoice.yaml"
    mine.write_text("domain: invoice\n")
    assert "kept  tracking/invoice.yaml" in said(depot).replace(str(depot) + "/", "")
    assert mine.read_text() == "domain: invoice\n"


def test_names_that_the_project_uses_itself_are_not_taken(depot: Path) -> None:
    write_tree(depot, {"app/models/invoice.py": ""})
    said(depot, "--domain", "invoice_run")
    assert [path.name for path in (depot / "tracking").glob("*.yaml")] == ["invoice_run.yaml"]


def test_rows_answer_questions_and_ask_new_ones(depot: Path, sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        columns = "task_type TEXT, status TEXT, resource_id TEXT, error TEXT, task_metadata JSON"
        connection.execute(text(f"CREATE TABLE task_status (id INTEGER PRIMARY KEY, {columns})"))
        connection.execute(
            text("CREATE TABLE stock_updates (id INTEGER PRIMARY KEY, sku TEXT, change INTEGER, status TEXT)")
        )
        rows = "INSERT INTO task_status (task_type, status, resource_id, task_metadata) VALUES "
        connection.execute(text(f"{rows} ('price_refresh', 'success', 'tea', NULL)"))
        connection.execute(text(f"{rows} ('price_refresh', 'parked', 'salt', NULL)"))
        connection.execute(text(f"{rows} ('order_import', 'success', NULL, '{{\"source\": \"mail\"}}')"))
        connection.execute(text(f"{rows} ('stock_take', 'success', '17', NULL)"))
    engine.dispose()
    said(depot, "--database", sqlite_url)
    price = (depot / "tracking" / "price_refresh.yaml").read_text()
    assert spec(depot, "price_refresh").fields["sku"].required
    assert "# ? parked: FAILED  -- what does this word mean?" in price
    assert not spec(depot, "order_import").fields["filename"].required
    assert spec(depot, "order_import").fields["source"].required
    unknown = (depot / "tracking" / "stock_take.yaml").read_text()
    assert "no task of the code writes these rows" in unknown


CLINIC = {
    "app/__init__.py": "",
    "app/models.py": """
        from sqlalchemy import Column, DateTime, Integer, String, Text
        from sqlalchemy.orm import DeclarativeBase


        class Base(DeclarativeBase):
            pass


        class TaskStatus(Base):
            __tablename__ = "job_state"
            id = Column(Integer, primary_key=True)
            kind = Column(String(30), nullable=False)
            state = Column(String(20))
            payload = Column(Text)
            created = Column(DateTime)
    """,
    "app/api.py": """
        from app.models import TaskStatus


        def index(db, what):
            db.add(TaskStatus(kind="reindex", payload=what, state="queued"))
            db.commit()
    """,
}


@pytest.mark.parametrize("database_url", ["postgresql", "sqlite"], indirect=True)
def test_rows_that_nobody_cleaned_up_are_asked_about(tmp_path: Path, database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        columns = "kind VARCHAR(30), state VARCHAR(20), payload TEXT, created TIMESTAMP"
        connection.execute(text(f"CREATE TABLE job_state (id INTEGER PRIMARY KEY, {columns})"))
        for values in (
            """(1, 'reindex', 'Done', '{"what": "all"}', NULL)""",
            "(2, 'reindex', 'done ', '{broken', NULL)",
            "(3, 'reindex', NULL, '', NULL)",
            "(4, 'reindex', 'KO', NULL, NULL)",
            "(5, NULL, 'parked', NULL, NULL)",
        ):
            connection.execute(text(f"INSERT INTO job_state VALUES {values}"))
    engine.dispose()
    root = write_tree(tmp_path / "clinic", CLINIC)
    said(root, "--database", database_url)
    assert [path.name for path in (root / "tracking").glob("*.yaml")] == ["reindex.yaml"]
    written = (root / "tracking" / "reindex.yaml").read_text()
    assert "parked" not in written
    assert '# ? "": FAILED  -- what does it mean that there is none?' in written
    answered = re.sub(r"# \? (.*: FAILED)  -- .*", r"\1", written)
    (root / "tracking" / "reindex.yaml").write_text(answered)
    legacy = spec(root, "reindex").legacy
    assert legacy is not None
    assert (legacy.task_type, legacy.type_column) == ("reindex", "kind")
    assert legacy.status == {"queued": "PENDING", "Done": "COMPLETED", "": "FAILED", "KO": "FAILED"}


def test_a_project_without_a_legacy_model_and_a_wrong_database_are_one_message(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app/a.py": "x = 1\n"})
    assert "no legacy model (TaskStatus) is used" in said(tmp_path, code=2)
    root = write_tree(tmp_path / "depot", DEPOT)
    assert "--database: " in said(root, "--database", "nonsense", code=2)
