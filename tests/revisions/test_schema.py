"""Tables in a schema of their own: every kind of change says so in every statement."""

import dataclasses
from pathlib import Path

import pytest
from alembic import command
from migrations import TABLE, alembic, alembic_home, catalog_of, planned
from spec_changes import CASES, HEAD
from sqlalchemy import Connection, NullPool, create_engine, text

from trackwright_gen.plan.table import Table
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.schema import find_schema
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.revisions import read_snapshot, snapshot_text
from trackwright_gen.revisions.plan import plan_revisions
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_table

SCHEMA = "Jobs of ours"
SOME = (
    "much at once",
    "a new column with everything",
    "a renamed column in constraints and predicates",
    "required from now on",
    "one active row per day",
    "a reference that cascades now",
    "a comment",
    "a dropped column and its index",
    "text that becomes a number",
)


def in_schema(table: Table) -> Table:
    """The table, in the schema."""
    return dataclasses.replace(table, schema=SCHEMA)


def seen(connection: Connection) -> list[tuple[object, ...]]:
    """The catalog with the schema in front of everybody else's."""
    connection.execute(text(f'SET search_path = "{SCHEMA}"'))
    found = catalog_of(connection)
    connection.execute(text("RESET search_path"))
    return found


@pytest.mark.parametrize("name", SOME)
def test_migrated_equals_created_in_a_schema(tmp_path: Path, postgres_url: str, name: str) -> None:
    case, home = CASES[name], alembic_home(tmp_path)
    old, new = (in_schema(planned(tmp_path, HEAD + one)) for one in (case.old, case.new))
    (first,) = plan_revisions("order", None, old, home)
    others = plan_revisions(
        *("order", old, new, home),
        parent=first.revision,
        renamed=case.renamed,
        allow_drop=case.allow_drop,
        allow_rewrite=case.allow_rewrite,
    )
    for one in (first, *others):
        one.path.write_text(one.text)
    config = alembic(home, postgres_url)
    engine = create_engine(postgres_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f'CREATE SCHEMA "{SCHEMA}"'))
        connection.execute(text(f'CREATE TABLE "{SCHEMA}".etfs (id varchar(12) PRIMARY KEY)'))
    expected = []
    for table in (old, new):
        with engine.connect() as connection:
            sqlalchemy_table(table).create(connection)
            expected.append(seen(connection))
            connection.rollback()
    command.upgrade(config, "head")
    with engine.connect() as connection:
        assert seen(connection) == expected[1]
        assert connection.scalar(text(f"SELECT to_regclass('public.{TABLE}')")) is None
    command.downgrade(config, first.revision)
    with engine.connect() as connection:
        assert seen(connection) == expected[0]


def test_a_snapshot_knows_the_schema(tmp_path: Path) -> None:
    table = in_schema(planned(tmp_path, HEAD))
    path = tmp_path / "schema.json"
    path.write_text(snapshot_text(table))
    assert read_snapshot(path).schema == SCHEMA
    assert '"schema"' not in snapshot_text(dataclasses.replace(table, schema=None))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('class Base(DeclarativeBase):\n    metadata = MetaData(schema="jobs")\n', "jobs"),
        ('class Base(DeclarativeBase):\n    metadata = meta\nmeta = MetaData(schema="jobs")\n', "jobs"),
        ('Base = declarative_base(metadata=MetaData(naming_convention={}, schema="jobs"))\n', "jobs"),
        ('mapper = registry(metadata=MetaData("jobs"))\nBase = mapper.generate_base()\n', "jobs"),
        ('NAME = "jobs"\nOTHER = NAME\nBase = declarative_base(metadata=MetaData(OTHER))\n', "jobs"),
        ("class Base(DeclarativeBase):\n    metadata = MetaData(schema=None)\n", None),
        ("class Base(DeclarativeBase):\n    metadata = MetaData()\n", None),
        ("class Base(DeclarativeBase):\n    pass\n", None),
    ],
    ids=[
        *("in the class", "by another name", "in the old style", "in a registry", "a constant"),
        *("none", "nothing said", "no metadata"),
    ],
)
def test_the_schema_is_read_from_the_base(tmp_path: Path, source: str, expected: str | None) -> None:
    head = "from sqlalchemy import MetaData\nfrom sqlalchemy.orm import DeclarativeBase, declarative_base, registry\n"
    (tmp_path / "base.py").write_text(head + source)
    assert find_schema(SourceTree(tmp_path, tmp_path), ObjectName("base", "Base")) == expected
