"""Any table to any other, on PostgreSQL: by the catalog, migrated equals created, and gone back equals before."""

import json
import re
from pathlib import Path

import alembic
import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, given, settings
from migrations import TABLE, catalog_of, drift, planned, sqlite_checks
from random_specs import NAMES, Pair, pairs
from sqlalchemy.dialects import postgresql

from trackwright_gen.errors import ToolErrors
from trackwright_gen.plan.table import Table
from trackwright_gen.revisions.change import Change, change_table
from trackwright_gen.revisions.column_change import ColumnChangeError
from trackwright_gen.revisions.column_names import column_renames
from trackwright_gen.revisions.consent import require_consent
from trackwright_gen.revisions.difference import differences
from trackwright_gen.revisions.rendering import Code, code_of
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_table

COLUMNS = [*NAMES, "etf_id", "parent", "twin"]


@pytest.fixture
def engine(postgres_url: str) -> sa.Engine:
    """An engine without a pool."""
    return sa.create_engine(postgres_url, poolclass=sa.NullPool)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(pairs())
def test_migrated_equals_created(tmp_path: Path, engine: sa.Engine, pair: Pair) -> None:
    found = planned_change(tmp_path, pair)
    if found is None:
        return
    before, after, changes = found
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {TABLE}"))
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS etfs (id varchar(12) PRIMARY KEY)"))
        created_before, created_after = (created(connection, table) for table in (before, after))
        sqlalchemy_table(before).create(connection)
        connection.commit()
        for change in changes:
            run(connection, code_of(change.upgrade))
        assert catalog_of(connection) == created_after
        for change in reversed(changes):
            run(connection, code_of(change.downgrade))
        assert catalog_of(connection) == created_before


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(pairs())
def test_sqlite_has_no_drift_and_the_checks_that_were_meant(tmp_path: Path, pair: Pair) -> None:
    found = planned_change(tmp_path, pair)
    if found is None:
        return
    before, after, changes = found
    urls = [f"sqlite:///{tmp_path / name}" for name in ("migrated.db", "created.db")]
    for url, table in zip(urls, (before, after), strict=True):
        Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE etfs (id varchar(12) PRIMARY KEY)"))
            sqlalchemy_table(table).create(connection)
    engine = sa.create_engine(urls[0], poolclass=sa.NullPool)
    with engine.connect() as connection:
        try:
            for one in changes:
                run(connection, code_of(one.upgrade))
        except NotImplementedError as refused:
            assert "write the step for your database by hand" in str(refused)  # noqa: PT017 -- both ends are right
            return
        connection.commit()
    assert drift(urls[0], after) == []
    assert sqlite_checks(urls[0]) == sqlite_checks(urls[1])


def planned_change(folder: Path, pair: Pair) -> tuple[Table, Table, tuple[Change, ...]] | None:
    """Both tables and the changes between them; None where there is no way, which is said."""
    before, after = (planned(folder, json.dumps(spec)) for spec in (pair.old, pair.new))
    try:
        renames = column_renames(before, after, pair.renamed)
        found = differences(before, after, renames)
        require_consent(found, allow_drop=COLUMNS, allow_rewrite=COLUMNS)
    except (ColumnChangeError, ToolErrors) as refused:
        assert re.search("cannot change from|cannot be renamed", str(refused))  # noqa: PT017 -- both ends are right
        return None
    return before, after, change_table(found, before, after, renames) if found else ()


def created(connection: sa.Connection, table: Table) -> list[tuple[object, ...]]:
    """The catalog of the table made at once."""
    with connection.begin_nested() as savepoint:
        sqlalchemy_table(table).create(connection)
        found = catalog_of(connection)
        savepoint.rollback()
    return found


def run(connection: sa.Connection, code: Code) -> None:
    """Run the body of upgrade() or downgrade() as Alembic does."""
    names = {"op": alembic.op, "sa": sa, "postgresql": postgresql}
    source = "if True:\n    " + code.body
    connection.rollback()  # what the test itself has read
    context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
    with Operations.context(context), context.begin_transaction(_per_migration=True):
        exec(compile(source, "<revision>", "exec"), names)  # noqa: S102 -- what a revision file is for
