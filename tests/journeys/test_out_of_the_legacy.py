"""An application of old leaves its status tables behind: every command in its order, on PostgreSQL with rows in it."""

import os
import subprocess
import sys
from pathlib import Path

from depot import ROWS
from depot_copy import Depot, depot_in
from sqlalchemy import create_engine, inspect, text

LEFT_BY_OLD_CODE = """
INSERT INTO task_status (task_type, status, resource_id, created_at) VALUES ('invoice', 'success', '1', now());
UPDATE task_status SET error = 'seen again' WHERE id = 6;
UPDATE stock_updates SET error = 'counted again' WHERE id = 8;
"""


def test_the_whole_way(postgres_url: str, tmp_path: Path) -> None:
    depot = depot_in(tmp_path / "depot", DATABASE_URL=postgres_url)
    (depot.root / "trackwright.toml").unlink()
    trackwright = "trackwright_gen"
    depot.run("alembic.config", "upgrade", "head")
    tests = ("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-W", "ignore", "tests")
    assert "6 passed" in depot.run(*tests)
    commit(depot, "as it was")
    report = str(tmp_path / "report.md")
    assert "0 % tracked: 0 of 4 jobs" in depot.run(trackwright, "audit", "--output", report)

    propose_domains(depot, postgres_url)

    # Old code still runs: rows are copied, and what it writes meanwhile follows later.
    depot.run(trackwright, "legacy", "data")
    execute(postgres_url, LEFT_BY_OLD_CODE)
    before = count(postgres_url, "task_status")
    stock = count(postgres_url, "stock_updates")  # the adopted table, under its old name
    assert before + stock > ROWS
    depot.run(trackwright, "legacy", "verify", code=1)

    moved = depot.run(trackwright, "legacy", "task", "--all")
    assert (moved.count("moved app.tasks."), moved.count("left alone")) == (4, 0)
    assert " failed" not in depot.run(*tests)  # the generated ones too
    refused = depot.run(trackwright, "legacy", "finish", code=1)
    assert "has not arrived: 1 not copied" in refused
    assert "has not arrived: 1 changed since" in refused
    depot.run(trackwright, "legacy", "data")
    depot.run(trackwright, "legacy", "verify")

    # One kind alone: its rows go, those of the others and the table stay.
    shown = depot.run(trackwright, "legacy", "finish", "--domain", "stock_take", "--dry-run")
    assert "delete legacy rows stock_take of task_status" in shown
    commit(depot, "moved")
    finished = depot.run(trackwright, "legacy", "finish")
    assert "drop legacy task_status" in finished
    assert "class TaskStatus" not in depot.text("app/models/status.py")
    # A row that has not arrived stops the migration, wherever it runs.
    execute(
        postgres_url,
        "INSERT INTO task_status (task_type, status, created_at) VALUES ('invoice', 'success', now())",
    )
    stopped = stopped_upgrade(depot)
    assert "rows_have_not_arrived_run_trackwright_legacy_data" in stopped
    execute(postgres_url, "DELETE FROM task_status WHERE resource_id IS NULL AND task_type = 'invoice'")
    depot.run("alembic.config", "upgrade", "head")
    depot.run("alembic.config", "check")

    assert not {"task_status", "trackwright_legacy_links"} & tables(postgres_url)
    arrived = sum(
        count(postgres_url, f"{name} WHERE metadata ? 'legacy'")
        for name in tables(postgres_url)
        if name.endswith("_task_tracking")
    )
    assert arrived == before
    assert count(postgres_url, "stock_updates WHERE error = 'counted again'") == 1
    assert count(postgres_url, f"stock_update_task_tracking WHERE id <= {stock}") == stock
    depot.run(trackwright, "lint")
    commit(depot, "finished")
    assert "0 untracked, 0 exempt, 0 uses of legacy tracking" in depot.run(
        trackwright, "audit", "--output", report
    )
    depot.run(trackwright, "generate", "--check")
    assert "6 passed" in depot.run(*tests[:-1], "tests/test_depot.py")
    depot.run("alembic.config", "downgrade", "-1")
    assert "task_status" in tables(postgres_url)


def propose_domains(depot: Depot, url: str) -> None:
    """From the code and the rows to domains with tables."""
    trackwright = "trackwright_gen"
    depot.run(trackwright, "init", "--transaction-per-migration")
    specs = depot.run(trackwright, "legacy", "spec", "--database", url)
    assert specs.count("wrote tracking/") == 4
    assert "no task of the code writes these rows" in depot.text("tracking/stock_take.yaml")
    depot.run(trackwright, "adopt", "stock_updates", "--domain", "stock_update")
    answer_questions(depot)
    depot.run(trackwright, "generate")
    depot.run("alembic.config", "upgrade", "head")
    depot.run("alembic.config", "check")


def answer_questions(depot: Depot) -> None:
    """What a person writes into the spec that adopts the stock's own table."""
    spec = "tracking/stock_update.yaml"
    lines = [line for line in depot.text(spec).splitlines() if "# ?" not in line]
    words = "{pending: PENDING, running: PROCESSING, success: COMPLETED, error: FAILED}"
    text = "\n".join([*lines, f"  status: {words}", "allow_rewrite: [id]", ""])
    retry = "task:\n  retry: {max_attempts: 2, backoff: fixed, base: 5s}"
    (depot.root / spec).write_text(
        text.replace("task:", retry, 1).replace("run_stock_update", "update_stock")
    )


def commit(depot: Depot, message: str) -> None:
    """Commit everything."""
    if not (depot.root / ".git").exists():
        subprocess.run(["git", "init", "-q", "."], cwd=depot.root, check=True)
    subprocess.run(["git", "add", "-A"], cwd=depot.root, check=True)
    who = ("-c", "user.name=depot", "-c", "user.email=depot@example.org")
    subprocess.run(["git", *who, "commit", "-q", "-m", message], cwd=depot.root, check=True)


def stopped_upgrade(depot: Depot) -> str:
    """What an upgrade that fails says."""
    done = subprocess.run(
        [sys.executable, "-m", "alembic.config", "upgrade", "head"],
        cwd=depot.root,
        env={**os.environ, "PYTHONPATH": str(depot.root), **depot.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    return done.stderr


def execute(url: str, statements: str) -> None:
    """What old code does."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements.strip().split(";\n"):
            connection.execute(text(statement))
    engine.dispose()


def count(url: str, what: str) -> int:
    """Rows of a table, or of a part of it."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one()
    engine.dispose()
    return found


def tables(url: str) -> set[str]:
    """All tables of the database."""
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names
