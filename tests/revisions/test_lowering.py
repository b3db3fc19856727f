"""Changes of a table in use: what each statement finds locked, what rows keep, what a second run does."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from lock_watch import blocking_scans, unproven_not_null, watched_locks
from migrations import TABLE, alembic, alembic_home, catalog, created_catalog, planned
from spec_changes import HEAD
from sqlalchemy.exc import IntegrityError

from trackwright_gen.errors import ToolError
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions import Revision
from trackwright_gen.revisions.plan import plan_revisions

BEFORE = HEAD + "  n: {type: integer, default: 3}\n  e: {type: string, length: 12}\n"
AFTER = HEAD + (
    "  n: {type: integer, default: 3, required: true, unique: true}\n"
    "  e: {type: string, length: 12, references: etfs.id}\n"
    "  token: {type: uuid, default_sql: gen_random_uuid(), required: true}\n"
    "checks: [{name: pos, field: n, op: '>', value: 0}]\n"
    "indexes: [{fields: [day, n]}]\n"
)


@pytest.fixture
def home(tmp_path: Path) -> AlembicHome:
    """A folder of migrations."""
    return alembic_home(tmp_path)


def written(folder: Path, home: AlembicHome, before: str, after: str) -> tuple[Revision, ...]:
    """All revisions of a table that is made and then changed."""
    old, new = planned(folder, before), planned(folder, after)
    (first,) = plan_revisions("order", None, old, home)
    others = plan_revisions("order", old, new, home, parent=first.revision)
    for one in (first, *others):
        one.path.write_text(one.text)
    return (first, *others)


def execute(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements, each committed; the last one's rows."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        results = [connection.execute(sa.text(one)) for one in statements]
        return [tuple(row) for row in results[-1]] if results[-1].returns_rows else []


def test_the_order_of_the_revisions(tmp_path: Path, home: AlembicHome) -> None:
    revisions = written(tmp_path, home, BEFORE, AFTER)
    assert [one.message for one in revisions] == [
        f"create {TABLE}",
        f"{TABLE}: add token, alter n",
        f"fill {TABLE}",
        f"validate {TABLE}",
        f"index {TABLE}",
        f"finish {TABLE}",
    ]
    assert [one.down_revision for one in revisions[1:]] == [one.revision for one in revisions[:-1]]
    assert [bool(one.hazards) for one in revisions[1:]] == [True, False, False, False, False]


def test_nothing_reads_all_rows_under_a_lock_that_stops_others(
    tmp_path: Path, home: AlembicHome, postgres_url: str
) -> None:
    revisions = written(tmp_path, home, BEFORE, AFTER)
    config = alembic(home, postgres_url)
    command.upgrade(config, revisions[0].revision)
    with watched_locks(postgres_url, TABLE) as seen:
        command.upgrade(config, "head")
    assert any("CREATE UNIQUE INDEX" in one.sql for one in seen)
    assert blocking_scans(seen) == []
    assert unproven_not_null(seen, TABLE) == []


def test_rows_keep_what_they_have_and_get_what_they_lack(
    tmp_path: Path, home: AlembicHome, database_url: str
) -> None:
    simple = AFTER.replace(", unique: true", "").replace("gen_random_uuid()", "\"'7'\"")
    simple = simple.replace("type: uuid", "type: text")
    revisions = written(tmp_path, home, BEFORE, simple)
    config = alembic(home, database_url)
    command.upgrade(config, revisions[0].revision)
    execute(
        database_url,
        "INSERT INTO etfs VALUES ('A')",
        f"INSERT INTO {TABLE} (day, n, e) VALUES ('2026-01-02', 5, 'A'), ('2026-01-03', NULL, NULL)",
    )
    command.upgrade(config, "head")
    rows = f"SELECT n, e, token FROM {TABLE} ORDER BY id"
    assert execute(database_url, rows) == [(5, "A", "7"), (3, None, "7")]
    command.downgrade(config, revisions[0].revision)
    assert execute(database_url, f"SELECT n, e FROM {TABLE} ORDER BY id") == [(5, "A"), (3, None)]


def test_going_back_gives_rows_without_a_value_the_default_that_they_need(
    tmp_path: Path, home: AlembicHome, database_url: str
) -> None:
    needed = HEAD + "  n: {type: integer, default: 3, required: true}\n"
    revisions = written(tmp_path, home, needed, HEAD + "  n: {type: integer}\n")
    config = alembic(home, database_url)
    command.upgrade(config, "head")
    execute(database_url, f"INSERT INTO {TABLE} (day, n) VALUES ('2026-01-02', 5), ('2026-01-03', NULL)")
    command.downgrade(config, revisions[0].revision)
    assert execute(database_url, f"SELECT n FROM {TABLE} ORDER BY id") == [(5,), (3,)]


def test_every_row_gets_a_value_of_its_own_in_batches(
    tmp_path: Path, home: AlembicHome, postgres_url: str
) -> None:
    revisions = written(tmp_path, home, HEAD, HEAD + "  done: {type: uuid, default_sql: gen_random_uuid()}\n")
    config = alembic(home, postgres_url)
    command.upgrade(config, revisions[0].revision)
    # More than two batches, with a hole in the ids.
    execute(
        postgres_url,
        f"INSERT INTO {TABLE} (day) SELECT DATE '2026-01-01' FROM generate_series(1, 12000)",
        f"DELETE FROM {TABLE} WHERE id BETWEEN 100 AND 300",
    )
    command.upgrade(config, "head")
    written_by = execute(postgres_url, f"SELECT count(DISTINCT xmin::text) FROM {TABLE}")
    assert execute(postgres_url, f"SELECT count(DISTINCT done), count(*) FROM {TABLE}") == [(11799, 11799)]
    assert written_by == [(3,)]


def test_a_default_may_hold_what_ends_the_loops_own_quotes(
    tmp_path: Path, home: AlembicHome, postgres_url: str
) -> None:
    after = BEFORE.replace(
        "e: {type: string, length: 12}",
        "e: {type: string, length: 12, default: '$fill$ :x %', required: true}",
    )
    revisions = written(tmp_path, home, BEFORE, after)
    config = alembic(home, postgres_url)
    command.upgrade(config, revisions[0].revision)
    execute(postgres_url, f"INSERT INTO {TABLE} (day) VALUES ('2026-01-02')")
    command.upgrade(config, "head")
    assert execute(postgres_url, f"SELECT e FROM {TABLE}") == [("$fill$ :x %",)]


def test_an_index_that_could_not_be_built_is_built_by_the_next_run(
    tmp_path: Path, home: AlembicHome, postgres_url: str
) -> None:
    after = HEAD + "unique: [[day]]\n"
    revisions = written(tmp_path, home, HEAD, after)
    config = alembic(home, postgres_url)
    command.upgrade(config, revisions[0].revision)
    execute(postgres_url, f"INSERT INTO {TABLE} (day) VALUES ('2026-01-02'), ('2026-01-02')")
    with pytest.raises(IntegrityError):
        command.upgrade(config, "head")
    invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
    assert execute(postgres_url, invalid) == [("uq_order_task_day",)]
    execute(postgres_url, f"DELETE FROM {TABLE}")
    command.upgrade(config, "head")
    found = catalog(postgres_url)
    execute(postgres_url, f"DROP TABLE {TABLE}")
    assert found == created_catalog(postgres_url, planned(tmp_path, after))


def test_a_row_that_a_constraint_refuses_stops_the_change_and_the_next_run_goes_on(
    tmp_path: Path, home: AlembicHome, postgres_url: str
) -> None:
    revisions = written(
        tmp_path, home, BEFORE, BEFORE + "checks: [{name: pos, field: n, op: '>', value: 0}]\n"
    )
    config = alembic(home, postgres_url)
    command.upgrade(config, revisions[0].revision)
    execute(postgres_url, f"INSERT INTO {TABLE} (n) VALUES (-1)")
    with pytest.raises(IntegrityError, match="ck_order_task_pos"):
        command.upgrade(config, "head")
    # From the first of the revisions on, nobody adds another.
    with pytest.raises(IntegrityError, match="ck_order_task_pos"):
        execute(postgres_url, f"INSERT INTO {TABLE} (n) VALUES (-2)")
    execute(postgres_url, f"UPDATE {TABLE} SET n = 1")
    command.upgrade(config, "head")


@pytest.mark.parametrize("said", ["", "transaction_per_migration=False"])
def test_an_env_that_shares_one_transaction_stops_the_plan(
    tmp_path: Path, home: AlembicHome, said: str
) -> None:
    env = home.script_location / "env.py"
    env.write_text(env.read_text().replace("transaction_per_migration=True", said))
    old, new = planned(tmp_path, BEFORE), planned(tmp_path, AFTER)
    assert plan_revisions("order", None, old, home)
    with pytest.raises(ToolError, match="changes without being locked") as caught:
        plan_revisions("order", old, new, home)
    assert caught.value.at
    assert (caught.value.at.path, caught.value.at.row) == (env, 7)
    assert "trackwright init --transaction-per-migration" in str(caught.value.hint)


def test_what_takes_a_moment_needs_no_transaction_of_its_own(tmp_path: Path, home: AlembicHome) -> None:
    env = home.script_location / "env.py"
    env.write_text(env.read_text().replace("transaction_per_migration=True", ""))
    old, new = planned(tmp_path, HEAD), planned(tmp_path, BEFORE)
    (one,) = plan_revisions("order", old, new, home)
    assert "autocommit" not in one.text
