"""Old code keeps writing while its table is adopted: nobody waits longer than the lock timeout, no row is lost."""

import json
import os
from pathlib import Path

import pytest
from hand_written import MODEL, REVISION, SPEC, HandWritten, execute, hand_written, invoke
from squawk import linted
from steady_writer import steady_writer

from trackwright_gen.revisions.lowering.timeouts import BRIEF_LOCK

DECISIONS = "".join(
    (Path(__file__).parents[2] / "docs" / "adr" / name).read_text()
    for name in ("0011-changes-without-downtime.md", "0019-the-old-name-of-an-adopted-table.md")
)
EXCLUDED = {
    "ban-drop-default",
    "changing-column-type",
    "prefer-bigint-over-int",
    "prefer-text-field",
    "renaming-column",
    "renaming-object",
    "renaming-table",
}
ROWS = int(os.environ.get("TRACKWRIGHT_MIGRATION_ROWS", "20000"))
TABLE = "etf_price_task_tracking"
WRITES = (
    "INSERT INTO etf_updates (etf_id, day, retry_count) VALUES ('A', '1990-01-01', 0)",
    "UPDATE etf_updates SET state = 'running' WHERE day = '1990-01-01' AND state = 'waiting'",
    "UPDATE etf_updates SET error = 'seen' WHERE id = 1",
    "DELETE FROM etf_updates WHERE day = '1990-01-01'",
)
FILLED = """
INSERT INTO etf_updates (etf_id, state, day, retry_count, created)
SELECT 'B', (ARRAY['waiting', 'retrying', 'running', 'done', 'broken'])[1 + i % 5], DATE '2000-01-01' + i, 0, now()
FROM generate_series(1, {rows}) AS i
"""


@pytest.fixture
def project(tmp_path: Path, postgres_url: str) -> HandWritten:
    """The project with a key and a column that need no rewrite."""
    made = hand_written(tmp_path / "project", postgres_url)
    wide = MODEL.replace("mapped_column(primary_key=True)", "mapped_column(sa.BigInteger, primary_key=True)")
    wide = wide.replace("JSON, Check", "Check").replace("(JSON, ", "(JSONB, ")
    wide = wide.replace(
        "    from sqlalchemy.orm",
        "    from sqlalchemy.dialects.postgresql import JSONB\n    from sqlalchemy.orm",
    )
    made.write("app/models/updates.py", wide)
    revision = REVISION.replace('"id", sa.Integer()', '"id", sa.BigInteger()')
    made.write(
        "migrations/versions/0002_updates.py",
        revision.replace("sa.JSON()", "postgresql.JSONB()").replace(
            "from alembic import op", "from alembic import op\n    from sqlalchemy.dialects import postgresql"
        ),
    )
    made.spec.write_text(SPEC.replace("allow_rewrite: [id, extra]", ""))
    return made


def test_old_code_goes_on_while_its_table_is_adopted(project: HandWritten) -> None:
    """`make test-migrations` runs it over a million rows."""
    project.alembic("upgrade", "head")
    execute(project, "INSERT INTO etfs VALUES ('A'), ('B')")
    execute(project, FILLED.format(rows=ROWS))
    invoke(project, "generate")
    with steady_writer(project.url, WRITES, patience=BRIEF_LOCK) as diary:
        project.alembic("upgrade", "head")
    figures = f"{diary.written} statements meanwhile, the slowest {diary.longest * 1000:.0f} ms"
    print(f"{ROWS} rows: {figures}")  # noqa: T201 -- what `make test-migrations` is run for
    assert diary.errors == []
    project.alembic("check")
    counted = execute(
        project, f"SELECT status, count(*) FROM {TABLE} WHERE etf_id = 'B' GROUP BY status ORDER BY status"
    )
    fifth = ROWS // 5
    assert counted == [("COMPLETED", fifth), ("FAILED", fifth), ("PENDING", 2 * fifth), ("PROCESSING", fifth)]
    assert execute(project, "SELECT error FROM etf_updates WHERE id = 1") == [("seen",)]


def test_squawk_finds_nothing_beyond_the_decision(project: HandWritten, tmp_path: Path) -> None:
    planned = json.loads(invoke(project, "generate", "--dry-run", "--output-format", "json"))["revisions"]
    found = linted(tmp_path, {f"{one['revision']}.sql": one["sql"] for one in planned})
    # The plan shows its SQL without the BEGIN that Alembic puts before it.
    assert {rule for _, rule in found} - {"prefer-robust-stmts"} <= EXCLUDED
    assert {kind for one in planned for kind in (hazard["kind"] for hazard in one["hazards"])} >= {
        "running code",
        "backfill",
        "may fail",
    }
    assert all(f"`{rule}`" in DECISIONS for rule in EXCLUDED)
