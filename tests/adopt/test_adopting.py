"""A hand-written table becomes a domain's, on both databases: no row is lost, and old code notices nothing."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from hand_written import SPEC, HandWritten, hand_written

from trackwright_gen.cli.group import trackwright

TABLE = "etf_price_task_tracking"
ROWS = """
with Session(engine) as session:
    for row in session.scalars(select(EtfUpdate).order_by(EtfUpdate.id)):
        print(row.id, row.etf_id, row.state, row.day, row.error, row.retry_count, row.created, row.finished_at,
              row.extra, row.source)
"""


def invoke(project: HandWritten, *arguments: str) -> str:
    """Run one of our own commands in the project."""
    result = CliRunner().invoke(trackwright, [arguments[0], "-C", str(project.root), *arguments[1:]])
    assert result.exit_code == 0, result.output
    return result.output


def execute(project: HandWritten, sql: str) -> list[tuple[object, ...]]:
    """Run a statement in the project's database."""
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sa.text(sql))
        return [tuple(row) for row in result] if result.returns_rows else []


@pytest.fixture
def project(tmp_path: Path, database_url: str) -> HandWritten:
    """The project with a row of each state, its table not adopted yet."""
    made = hand_written(tmp_path / "project", database_url)
    made.python("seed()")
    made.spec.parent.mkdir(exist_ok=True)
    made.spec.write_text(SPEC)
    return made


def test_there_and_back_again(project: HandWritten) -> None:
    before = project.python(ROWS)
    said = invoke(project, "generate")
    assert "hazard" in said
    project.alembic("upgrade", "head")
    # Old code reads what it wrote, each row with its own word.
    assert project.python(ROWS) == before
    assert execute(
        project, f"SELECT id, status, attempts, dispatch_at, lease_until FROM {TABLE} ORDER BY id"
    ) == [
        (1, "PENDING", 2, None, None),
        (2, "PENDING", 2, None, None),
        (3, "PROCESSING", 2, None, None),
        (4, "COMPLETED", 2, None, None),
        (5, "FAILED", 2, None, None),
    ]
    project.alembic("check")
    assert "up to date" in invoke(project, "generate")
    project.alembic("downgrade", "0002")
    assert project.python(ROWS) == before
    project.alembic("upgrade", "head")
    assert project.python(ROWS) == before
