"""The first revision of a domain on real databases: up, no drift, down, up; chained without running anybody's code."""

import dataclasses
import re
from pathlib import Path

import pytest
from alembic import command
from migrations import alembic, alembic_home, catalog, created_catalog, drift, planned
from sqlalchemy import create_engine, inspect, text

from trackwright_gen.errors import ToolError
from trackwright_gen.plan.table import Table
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions import read_snapshot, snapshot_text
from trackwright_gen.revisions.plan import plan_revisions

EVERY_TYPE = """
domain: order
fields:
  etf_id:  {type: string, length: 12, required: true, references: etfs.id}
  user:    {type: text, comment: "says 'hi'"}
  limit:   {type: integer, default: 3, index: true}
  big:     {type: bigint}
  price:   {type: decimal, precision: 20, scale: 6, default: "1.50"}
  day:     {type: date, required: true}
  moment:  {type: datetime, default_sql: CURRENT_TIMESTAMP}
  active:  {type: boolean, default: true, required: true}
  extra:   {type: json}
  kind:    {type: enum, values: [new, "in-progress", "it's"], default: new}
  tags:    {type: array, items: string}
  ref:     {type: uuid, unique: true}
unique:
  - [etf_id, day]
  - {fields: [etf_id], while: active}
checks:
  - {name: price_positive, field: price, op: ">", value: "0"}
  - {name: user_given, field: user, is: "not null"}
indexes:
  - {fields: [limit, day]}
  - {fields: [day], where: {field: user, op: "=", value: "a:b%"}}
"""


def written(tmp_path: Path, home: AlembicHome, table: Table) -> None:
    """Plan and write the table's revision."""
    (revision,) = plan_revisions("order", None, table, home)
    revision.path.write_text(revision.text)
    assert revision.down_revision == "base0001"


def test_up_check_down_up(tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    table = planned(tmp_path, EVERY_TYPE)
    home = alembic_home(tmp_path)
    written(tmp_path, home, table)
    config = alembic(home, database_url)
    command.upgrade(config, "head")
    assert drift(database_url, table) == []
    command.downgrade(config, "base0001")
    engine = create_engine(database_url)
    assert "order_task_tracking" not in inspect(engine).get_table_names()
    command.upgrade(config, "head")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO etfs VALUES ('A')"))
        connection.execute(
            text("INSERT INTO order_task_tracking (etf_id, day, \"user\") VALUES ('A', '2026-01-02', 'u')")
        )
        row = connection.execute(
            text("SELECT kind, active, max_attempts, status FROM order_task_tracking")
        ).one()
    assert (row.kind, bool(row.active), row.max_attempts, row.status) == ("new", True, 3, "PENDING")
    engine.dispose()


def test_migrated_equals_created_by_the_catalog(tmp_path: Path, postgres_url: str) -> None:
    table = planned(tmp_path, EVERY_TYPE)
    home = alembic_home(tmp_path)
    written(tmp_path, home, table)
    config = alembic(home, postgres_url)
    command.upgrade(config, "base0001")
    expected = created_catalog(postgres_url, table)
    command.upgrade(config, "head")
    assert catalog(postgres_url) == expected


def test_nobody_elses_revision_is_run(tmp_path: Path) -> None:
    home = alembic_home(tmp_path, extra='raise RuntimeError("a revision was imported")\n')
    (revision,) = plan_revisions("order", None, planned(tmp_path, EVERY_TYPE), home)
    assert re.search(r"^down_revision\b.* = 'base0001'$", revision.text, re.MULTILINE)
    assert "Create Date" in revision.text


def test_the_same_state_gives_the_same_revision_and_nothing_changes_nothing(tmp_path: Path) -> None:
    home, table = alembic_home(tmp_path), planned(tmp_path, EVERY_TYPE)
    first, second = (plan_revisions("order", None, table, home)[0] for _ in range(2))
    assert first.revision == second.revision
    assert plan_revisions("order", table, table, home) == ()


def test_the_projects_file_template_is_used(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    ini = home.config.read_text().replace(
        "[alembic]\n", "[alembic]\nfile_template = %%(slug)s--%%(rev)s\n", 1
    )
    home.config.write_text(ini)
    (revision,) = plan_revisions("order", None, planned(tmp_path, EVERY_TYPE), home)
    assert revision.path.name == f"create_order_task_tracking--{revision.revision}.py"
    assert revision.path.parent == home.version_locations[0]


def test_a_second_domain_chains_to_the_first_ones_revision(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    (first,) = plan_revisions("order", None, planned(tmp_path, EVERY_TYPE), home)
    (second,) = plan_revisions(
        "other", None, planned(tmp_path, "domain: other\n"), home, parent=first.revision
    )
    assert second.down_revision == first.revision


def test_several_heads_are_explained(tmp_path: Path) -> None:
    home = alembic_home(tmp_path, heads=("a", "b"))
    with pytest.raises(ToolError, match=r"several heads: a, b") as caught:
        plan_revisions("order", None, planned(tmp_path, EVERY_TYPE), home)
    assert "alembic merge heads" in str(caught.value)


def test_a_snapshot_reads_back_as_the_table(tmp_path: Path) -> None:
    table = planned(tmp_path, EVERY_TYPE)
    path = tmp_path / "schema.json"
    path.write_text(snapshot_text(table))
    bare = tuple(dataclasses.replace(column, default=None) for column in table.columns)
    assert read_snapshot(path) == dataclasses.replace(table, columns=bare)


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"name": "x"}', '{"name": 1, "columns": 2}'])
def test_a_broken_snapshot_is_one_clear_message(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "schema.json"
    path.write_text(broken)
    with pytest.raises(ToolError, match="not a schema snapshot"):
        read_snapshot(path)
