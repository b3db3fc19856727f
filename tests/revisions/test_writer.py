"""Others keep writing while a table changes: nobody waits longer than the lock timeout that each revision sets."""

import os
from pathlib import Path

import psycopg
import pytest
from alembic import command
from migrations import TABLE, alembic, alembic_home, catalog, created_catalog, planned
from spec_changes import HEAD
from sqlalchemy.exc import OperationalError
from steady_writer import steady_writer

from trackwright_gen.revisions.lowering.timeouts import BRIEF_LOCK
from trackwright_gen.revisions.plan import plan_revisions

ROWS = int(os.environ.get("TRACKWRIGHT_MIGRATION_ROWS", "30000"))
BEFORE = HEAD + "  n: {type: integer, default: 3}\n  e: {type: string, length: 12}\n  old: {type: text}\n"
AFTER = HEAD + (
    "  m: {type: integer, default: 3, required: true}\n"
    "  e: {type: string, length: 40, references: etfs.id}\n"
    "  token: {type: uuid, default_sql: gen_random_uuid(), required: true, unique: true}\n"
    "  kind: {type: enum, values: [a, b], default: a, required: true, index: true}\n"
    "checks: [{name: pos, field: m, op: '>', value: 0}]\n"
    "indexes: [{fields: [day, m]}, {fields: [e], where: {field: m, op: '>', value: 5}}]\n"
)
INSERT = f"INSERT INTO {TABLE} (day) VALUES ('2026-01-02')"
UPDATE = f"UPDATE {TABLE} SET attempts = attempts + 1 WHERE id = 1"


def url_of(url: str) -> str:
    """The URL as libpq reads it."""
    return url.replace("+psycopg", "")


def test_a_writer_goes_on_through_every_kind_of_step(tmp_path: Path, postgres_url: str) -> None:
    """`make test-migrations` runs it over a million rows."""
    home = alembic_home(tmp_path)
    old, new = planned(tmp_path, BEFORE), planned(tmp_path, AFTER)
    (first,) = plan_revisions("order", None, old, home)
    others = plan_revisions(
        "order", old, new, home, parent=first.revision, renamed={"m": "n"}, allow_drop=("old",)
    )
    for one in (first, *others):
        one.path.write_text(one.text)
    config = alembic(home, postgres_url)
    command.upgrade(config, "base0001")
    expected = created_catalog(postgres_url, new)
    command.upgrade(config, first.revision)
    with psycopg.connect(url_of(postgres_url), autocommit=True) as connection:
        connection.execute(
            f"INSERT INTO {TABLE} (day, n, old) SELECT DATE '2026-01-01', i, 'kept' "
            f"FROM generate_series(1, {ROWS}) AS i".encode()
        )
        with steady_writer(postgres_url, (INSERT, UPDATE), patience=BRIEF_LOCK) as diary:
            command.upgrade(config, "head")
        figures = f"{diary.written} statements meanwhile, the slowest {diary.longest * 1000:.0f} ms"
        print(f"{ROWS} rows: {figures}")  # noqa: T201 -- what `make test-migrations` is run for
        assert diary.errors == []
        assert catalog(postgres_url) == expected
        kept = connection.execute(
            f"SELECT count(*), count(token), sum(m) FROM {TABLE} WHERE id <= {ROWS}".encode()
        ).fetchone()
    assert kept == (ROWS, ROWS, ROWS * (ROWS + 1) // 2)
    assert diary.written > 2


def test_a_revision_that_does_not_get_its_lock_lets_others_go_on(tmp_path: Path, postgres_url: str) -> None:
    home = alembic_home(tmp_path)
    old, new = planned(tmp_path, HEAD), planned(tmp_path, HEAD + "  n: {type: integer}\n")
    (first,) = plan_revisions("order", None, old, home)
    (second,) = plan_revisions("order", old, new, home, parent=first.revision)
    for one in (first, second):
        one.path.write_text(one.text)
    config = alembic(home, postgres_url)
    command.upgrade(config, first.revision)
    with psycopg.connect(url_of(postgres_url)) as reader:
        reader.execute(f"SELECT count(*) FROM {TABLE}".encode())
        # Whoever writes stands behind the revision, which stands behind the reader's open transaction.
        with (
            steady_writer(postgres_url, (INSERT,), patience="60s") as diary,
            pytest.raises(OperationalError, match="lock timeout"),
        ):
            command.upgrade(config, "head")
    assert diary.errors == []
    command.upgrade(config, "head")
    assert catalog(postgres_url)
