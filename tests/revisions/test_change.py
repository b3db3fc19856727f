"""Changed specs on real databases: the migrated table equals the one made at once, there, back and there again."""

from pathlib import Path

import pytest
from alembic import command
from lock_watch import blocking_scans, unproven_not_null, watched_locks
from migrations import TABLE, alembic, alembic_home, catalog, created_catalog, drift, planned, sqlite_checks
from spec_changes import CASES, HEAD, Case
from sqlalchemy import create_engine, text

from trackwright_gen.plan.table import Table
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions import Revision
from trackwright_gen.revisions.plan import plan_revisions


@pytest.fixture(params=CASES, ids=lambda name: name.replace(" ", "_"))
def case(request: pytest.FixtureRequest) -> Case:
    """One case."""
    return CASES[request.param]


def revisions(
    folder: Path, home: AlembicHome, case: Case
) -> tuple[Table, Table, Revision, tuple[Revision, ...]]:
    """Plan and write the revisions of a case: the one that makes the table, those that change it."""
    old, new = planned(folder, HEAD + case.old), planned(folder, HEAD + case.new)
    (first,) = plan_revisions("order", None, old, home)
    first.path.write_text(first.text)
    others = plan_revisions(
        "order",
        old,
        new,
        home,
        parent=first.revision,
        renamed=case.renamed,
        allow_drop=case.allow_drop,
        allow_rewrite=case.allow_rewrite,
    )
    for one in others:
        one.path.write_text(one.text)
    return old, new, first, others


def test_migrated_equals_created(tmp_path: Path, postgres_url: str, case: Case) -> None:
    home = alembic_home(tmp_path)
    old, new, first, others = revisions(tmp_path, home, case)
    config = alembic(home, postgres_url)
    command.upgrade(config, "base0001")
    expected_old, expected_new = (created_catalog(postgres_url, table) for table in (old, new))
    command.upgrade(config, first.revision)
    file = file_of(postgres_url)
    with watched_locks(postgres_url, TABLE) as seen:
        command.upgrade(config, "head")
    assert blocking_scans(seen) == []
    assert unproven_not_null(seen, TABLE) == []
    rewritten = any(hazard.kind == "rewrite" for one in others for hazard in one.hazards)
    assert (file_of(postgres_url) != file) == rewritten
    assert catalog(postgres_url) == expected_new
    assert drift(postgres_url, new) == []
    command.downgrade(config, first.revision)
    assert catalog(postgres_url) == expected_old
    command.upgrade(config, others[-1].revision)
    assert catalog(postgres_url) == expected_new


def test_sqlite_keeps_rows_and_has_no_drift(tmp_path: Path, sqlite_url: str, case: Case) -> None:
    home = alembic_home(tmp_path)
    old, new, first, others = revisions(tmp_path, home, case)
    config = alembic(home, sqlite_url)
    command.upgrade(config, first.revision)
    checks = sqlite_checks(sqlite_url)
    rows = insert(sqlite_url, "required: true" not in case.old)
    command.upgrade(config, others[-1].revision)
    assert drift(sqlite_url, new) == []
    assert sqlite_checks(sqlite_url) == created_checks(tmp_path, new)
    assert count(sqlite_url) == rows
    if "required" not in case.old or not case.allow_drop:
        command.downgrade(config, first.revision)
        assert drift(sqlite_url, old) == []
        assert sqlite_checks(sqlite_url) == checks
        assert count(sqlite_url) == rows
        command.upgrade(config, others[-1].revision)
        assert count(sqlite_url) == rows


def file_of(url: str) -> int:
    """The number of the table's file, another one once every row was written anew."""
    engine = create_engine(url)
    with engine.connect() as connection:
        number: int = connection.execute(text(f"SELECT pg_relation_filenode('{TABLE}')")).scalar_one()
    engine.dispose()
    return number


def insert(url: str, possible: bool) -> int:
    """A row, unless the table wants values that the test does not know."""
    if not possible:
        return 0
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {TABLE} (day) VALUES ('2026-01-02')"))
    engine.dispose()
    return 1


def count(url: str) -> int:
    """The rows."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows: int = connection.execute(
            text(f"SELECT count(*) FROM {TABLE} WHERE status = 'PENDING'")
        ).scalar_one()
    engine.dispose()
    return rows


def created_checks(folder: Path, table: Table) -> list[str]:
    """The CHECK clauses of the table made at once."""
    from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_table

    url = f"sqlite:///{folder / 'created.db'}"
    engine = create_engine(url)
    made = sqlalchemy_table(table)
    made.metadata.create_all(engine)
    engine.dispose()
    return sqlite_checks(url)
