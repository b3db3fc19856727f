"""Traps of names and references over whole projects: plurals, acronyms, names met twice, tables of others."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from python_tools import run_tool

from trackwright_gen.cli.group import trackwright

Generate = Callable[..., Any]
Files = Callable[[], dict[str, bytes]]


def spec(project: Path, domain: str, rest: str = "") -> None:
    """Write a domain's spec."""
    (project / "tracking" / f"{domain}.yaml").write_text(f"domain: {domain}\n{textwrap.dedent(rest)}")


def test_nothing_is_made_a_plural_or_a_singular(generate: Generate, project: Path) -> None:
    """Singular, plural and what is both: each is another domain, and none is touched by another's removal."""
    domains = ("price", "prices", "news", "new", "status_data", "indices", "index")
    for domain in domains:
        spec(project, domain, "fields: {datum: {type: string, length: 9, unique: true}}\n")
    assert generate(*domains).code == 0
    for domain in domains:
        model = (project / f"app/models/{domain}.py").read_text()
        assert f'__tablename__ = "{domain}_task_tracking"' in model
        assert "datum: Mapped" in model
        assert "def get_by_datum(" in (project / f"app/crud/{domain}.py").read_text()
    result = CliRunner().invoke(trackwright, ["remove", "-C", str(project), "price"])
    assert result.exit_code == 0, result.output
    (project / "tracking/price.yaml").unlink()
    assert generate(*domains[1:], "--check").code == 0
    assert not (project / "app/models/price.py").exists()


def test_an_acronym_is_kept_in_every_name_and_never_read_back(
    generate: Generate, project: Path, files: Files
) -> None:
    spec(
        project,
        "etf_api_call",
        "names: {class: ETFAPICall}\nfields: {http_id: {type: enum, values: [a, b]}}\n",
    )
    assert generate("etf_api_call").code == 0
    written = [path for path in files() if "etf_api_call" in path or "e_t_f" in path]
    assert not [path for path in written if "e_t_f" in path]
    text = "".join((project / path).read_text() for path in written if path.endswith(".py"))
    for kind in ("Tracking", "Service", "CRUD", "Create", "Update", "InDB", "Filter"):
        assert f"class ETFAPICall{kind}(" in text
    assert "class ETFAPICallHttpId(StrEnum)" in text
    assert "EtfApiCall" not in text
    # It is found again by its domain, not by what its classes are called.
    assert generate("etf_api_call", "--check").code == 0
    status = CliRunner().invoke(trackwright, ["status", "-C", str(project)])
    assert "etf_api_call" in status.output
    result = CliRunner().invoke(trackwright, ["remove", "-C", str(project), "etf_api_call"])
    assert result.exit_code == 0, result.output
    assert not [
        path for path in files() if path.endswith(".py") and "ETFAPICall" in (project / path).read_text()
    ]


def test_two_tables_never_have_indexes_of_one_name(generate: Generate, project: Path) -> None:
    """`a` with `task_b` and `a_task` with `b`: PostgreSQL has one name for all indexes of a schema."""
    spec(project, "a", "fields: {task_b: {type: string, index: true}, task_c: {type: date, unique: true}}\n")
    spec(project, "a_task", "fields: {b: {type: string, index: true}, c: {type: date, unique: true}}\n")
    outcome = generate("a", "a_task")
    assert outcome.code == 2
    assert f"{project / 'tracking/a.yaml'}:1:9: 'a' and 'a_task' would both have an index" in outcome.err
    assert "`column:` keeps its column's" in outcome.err
    spec(
        project,
        "a",
        """\
        fields:
          of_b: {type: string, index: true, column: task_b}
          of_c: {type: date, unique: true, column: task_c}
        """,
    )
    assert generate("a", "a_task").code == 0


DEPOTS = '''\
"""depots, which nobody here has a model of"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE depots (code VARCHAR(9) PRIMARY KEY, place TEXT)")


def downgrade() -> None:
    op.drop_table("depots")
'''


def test_a_table_of_others_is_referred_to_and_left_alone(
    generate: Generate, project: Path, database_url: str
) -> None:
    """SQLAlchemy can sort the project's tables, Alembic compare them, and `create_all` make no table of others."""
    (project / "migrations/versions/0002_depots.py").write_text(DEPOTS)
    env = project / "migrations/env.py"
    own = "include_name=lambda name, kind, of: (kind, name) != ('table', 'depots'), target_metadata="
    env.write_text(env.read_text().replace("target_metadata=", own))
    spec(
        project,
        "move",
        """\
        fields:
          depot: {type: string, length: 9, references: depots.code, external: true, on_delete: cascade}
          parent: {references: move_task_tracking.id, on_delete: set null}
        """,
    )
    assert generate("move").code == 0
    run_tool(project, "alembic", "upgrade", "head", DATABASE_URL=database_url)
    assert "No new upgrade operations" in run_tool(project, "alembic", "check", DATABASE_URL=database_url)
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    keys = sa.inspect(engine).get_foreign_keys("move_task_tracking")
    assert {key["referred_table"] for key in keys} == {"depots", "move_task_tracking"}
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE move_task_tracking")
    made = "import app.models as m; from app.database import engine; m.Base.metadata.create_all(engine); "
    shown = "print(*sorted(t.name for t in m.Base.metadata.sorted_tables))"
    (project / "made.py").write_text(made + shown)
    assert run_tool(project, "made", DATABASE_URL=database_url).split() == [
        "etfs",
        "move_task_tracking",
        "pension_etfs",
    ]
    assert sa.inspect(engine).has_table("move_task_tracking")


@pytest.mark.parametrize("layout", ["layered", "package"])
def test_the_linter_reads_such_a_model(generate: Generate, project: Path, layout: str) -> None:
    spec(project, "move", "fields: {depot: {type: bigint, references: d.depots.id, external: true}}\n")
    assert generate("move", "--layout", layout).code == 0
    model = next(path for path in project.rglob("*.py") if "class MoveTracking(" in path.read_text())
    assert 'schema="d"' in model.read_text()
    result = CliRunner().invoke(trackwright, ["lint", str(project)])
    assert result.exit_code == 0, result.output
