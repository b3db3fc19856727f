"""What databases and Alembic make of odd names and texts, without being asked: here they do not get the chance."""

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from migrations import alembic, alembic_home, created_catalog, drift, planned

from trackwright_gen.plan.table import Table
from trackwright_gen.revisions.plan import plan_revisions
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_table

LONG = "d" * 37
FIELD = "a_field_whose_name_is_as_long_as_a_name_may_be_in_postgresql"
AWKWARD = "it's 100% of :x, '{\"a\": 1}'::jsonb, \\:y, $1 and {{ 7 * 7 }}"


def migrated(folder: Path, url: str, spec: str, *, before: str = "") -> Table:
    """Make a spec's table by its revision; the table as planned."""
    table, home = planned(folder, spec), alembic_home(folder)
    (one,) = plan_revisions("order", None, table, home)
    assert re.fullmatch("[0-9a-f]{12}", one.revision)  # alembic_version holds 32 characters
    one.path.write_text(one.text)
    config = alembic(home, url)
    command.upgrade(config, "base0001")
    if before:
        rows(url, before)
    command.upgrade(config, "head")
    return table


def rows(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements; the last one's rows."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        results = [connection.exec_driver_sql(one.replace("%", "%%")) for one in statements]
        return [tuple(row) for row in results[-1]] if results[-1].returns_rows else []


def test_names_at_their_longest_are_whole_and_differ(tmp_path: Path, postgres_url: str) -> None:
    spec = f"domain: {LONG}\nfields:\n" + "".join(
        f"  {FIELD}{n}: {{type: string, length: 12, unique: true, index: true, references: etfs.id}}\n"
        for n in "ab"
    )
    spec += f"indexes: [{{fields: [{FIELD}a, {FIELD}b]}}, {{fields: [{FIELD}b, {FIELD}a]}}]\n"
    table = migrated(tmp_path, postgres_url, spec)
    assert drift(postgres_url, table) == []
    names = [
        name for (name,) in rows(postgres_url, "SELECT indexname FROM pg_indexes WHERE indexname !~ '_pkey$'")
    ]
    names += [
        name
        for (name,) in rows(postgres_url, "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'f')")
    ]
    ours = [one.name for one in table.indexes] + [one.name for one in table.uniques]
    ours += [one.name for one in table.checks] + [one.name for one in table.foreign_keys]
    assert len(set(ours)) == len(ours)
    assert set(ours) <= set(names)
    assert max(len(name.encode()) for name in ours) == 63


def test_texts_come_back_as_they_were_said(tmp_path: Path, database_url: str) -> None:
    quoted = AWKWARD.replace("\\", "\\\\").replace('"', '\\"')
    spec = f"""
domain: order
fields:
  said: {{type: text, default: "{quoted}", comment: "{quoted}"}}
  word: {{type: string, length: 9, default: now()}}
  moment: {{type: datetime, default_sql: CURRENT_TIMESTAMP}}
  extra: {{type: json, default: {{a: "{quoted}"}}}}
  kind: {{type: enum, values: ["it's", "a:b"], default: "a:b"}}
indexes: [{{fields: [word], where: {{field: said, op: "=", value: "{quoted}"}}}}]
"""
    table = migrated(tmp_path, database_url, spec)
    rows(database_url, "INSERT INTO order_task_tracking (word) VALUES ('x')", "SELECT 1")
    made: Any = sqlalchemy_table(table)
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.insert(made).values(kind="it's"))
        found = connection.execute(sa.select(made.c.said, made.c.word, made.c.extra, made.c.kind)).all()
        moment = connection.execute(sa.select(made.c.moment)).scalars().first()
    assert [tuple(row) for row in found] == [
        (AWKWARD, "x", {"a": AWKWARD}, "a:b"),
        (AWKWARD, "now()", {"a": AWKWARD}, "it's"),
    ]
    assert moment is not None


def test_a_reserved_word_in_a_predicate_is_the_column(tmp_path: Path, postgres_url: str) -> None:
    spec = (
        "domain: order\nfields:\n  user: {type: text}\n  limit: {type: integer}\n"
        "checks: [{name: limited, field: limit, op: '>', value: 0}]\n"
        "indexes: [{fields: [limit], where: {field: user, op: '=', value: x}}]\n"
    )
    migrated(tmp_path, postgres_url, spec)
    definition = rows(
        postgres_url, "SELECT indexdef FROM pg_indexes WHERE indexname = 'idx_order_task_limit'"
    )
    assert definition[0][0].endswith("""("limit") WHERE ("user" = 'x'::text)""")


def test_a_table_that_no_model_shows_is_referred_to(tmp_path: Path, postgres_url: str) -> None:
    spec = "domain: order\nfields:\n  depot: {type: uuid, references: depots.id, external: true, on_delete: set null}\n"
    table = migrated(
        tmp_path, postgres_url, spec, before="CREATE TABLE depots (id uuid PRIMARY KEY, name text)"
    )
    assert drift(postgres_url, table) == []
    rows(postgres_url, "DROP TABLE order_task_tracking")
    definitions = [one for _, one in created_catalog(postgres_url, table)[:10] if "depots" in str(one)]
    assert definitions == ["FOREIGN KEY (depot) REFERENCES depots(id) ON DELETE SET NULL"]
