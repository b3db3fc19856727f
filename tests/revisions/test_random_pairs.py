"""Any table to any other, on PostgreSQL: by the catalog, migrated equals created, and gone back equals before."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import alembic
import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from migrations import TABLE, catalog_of, planned
from sqlalchemy.dialects import postgresql

from trackwright_gen.errors import ToolErrors
from trackwright_gen.plan.table import Table
from trackwright_gen.revisions.change import change_table
from trackwright_gen.revisions.column_change import ColumnChangeError
from trackwright_gen.revisions.column_names import column_renames
from trackwright_gen.revisions.consent import require_consent
from trackwright_gen.revisions.difference import differences
from trackwright_gen.revisions.rendering import Code, code_of
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_table

NAMES = ["a", "b", "user", "limit"]
TYPES: list[dict[str, Any]] = [
    {"type": "integer", "default": 3},
    {"type": "bigint", "default": 4},
    {"type": "decimal", "precision": 10, "scale": 2, "default": "1.50"},
    {"type": "decimal", "precision": 12, "scale": 2, "default": "1.50"},
    {"type": "string", "length": 12, "default": "7 :x"},
    {"type": "string", "length": 40, "default": "8"},
    {"type": "text", "default": r"it's \:y %s"},
    {"type": "enum", "values": ["p", "q:r", "s :t"], "default": "p"},
    {"type": "enum", "values": ["p", "q"], "default": "q"},
    {"type": "boolean", "default": True},
    {"type": "json", "default": {"a": 1, "b": {"c": ":d"}}},
    {"type": "date"},
    {"type": "datetime", "default_sql": "CURRENT_TIMESTAMP"},
]
PREDICATES: dict[str, dict[str, Any]] = {
    "integer": {"op": ">", "value": 0},
    "bigint": {"op": "<=", "value": 9},
    "decimal": {"op": ">", "value": "0.5"},
    "string": {"op": "!=", "value": "x :y"},
    "text": {"op": "=", "value": "q"},
}


RENAMES = [{}, {"b": "a"}, {"b": "a", "user": "b"}, {"limit": "user"}, {"a": "b"}]


@dataclass(frozen=True)
class Pair:
    """Two specs, and which columns of the second were called something else in the first."""

    old: dict[str, Any]
    new: dict[str, Any]
    renamed: dict[str, str]


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Two specs that have much in common."""
    old = draw(specs(NAMES, {}))
    renamed = {
        name: former for name, former in draw(st.sampled_from(RENAMES)).items() if former in old["fields"]
    }
    names = [name for name in NAMES if name in renamed or name not in renamed.values()]
    known = old["fields"] | {name: old["fields"][former] for name, former in renamed.items()}
    new = draw(specs(names, known))
    return Pair(old, new, {name: former for name, former in renamed.items() if name in new["fields"]})


@st.composite
def specs(draw: st.DrawFn, names: list[str], known: dict[str, Any]) -> dict[str, Any]:
    """A spec with a few of a few fields, some as they are known already."""
    fields: dict[str, dict[str, Any]] = {}
    for name in draw(st.lists(st.sampled_from(names), unique=True, min_size=1)):
        fields[name] = known[name] if name in known and draw(st.booleans()) else draw(one_field())
    able = [name for name in fields if fields[name]["type"] in PREDICATES]
    picked = draw(st.lists(st.sampled_from(able), unique=True)) if able else []
    conditions = [{"field": name, **PREDICATES[fields[name]["type"]]} for name in picked]
    return {
        "domain": "order",
        "fields": fields,
        "checks": [{"name": f"c{i}", **one} for i, one in enumerate(conditions)],
        "indexes": [{"fields": ["status"], "where": one} for one in conditions[:1]],
        "unique": draw(st.sampled_from([[], [{"fields": ["celery_task_id"], "while": "active"}]])),
    }


@st.composite
def one_field(draw: st.DrawFn) -> dict[str, Any]:
    """A field; a required one has a default."""
    chosen = dict(draw(st.sampled_from(TYPES)))
    if draw(st.booleans()):
        chosen.pop("default", None)
    chosen["required"] = draw(st.booleans()) and ("default" in chosen or "default_sql" in chosen)
    if chosen["type"] != "json":
        chosen |= {"unique": draw(st.booleans()), "index": draw(st.booleans())}
    return chosen | ({"comment": "one: two"} if draw(st.booleans()) else {})


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
    before, after = (planned(tmp_path, json.dumps(spec)) for spec in (pair.old, pair.new))
    try:
        renames = column_renames(before, after, pair.renamed)
        found = differences(before, after, renames)
        require_consent(found, allow_drop=NAMES, allow_rewrite=NAMES)
    except (ColumnChangeError, ToolErrors) as refused:
        assert re.search("cannot change from|cannot be renamed", str(refused))  # noqa: PT017 -- both ends are right
        return
    changes = change_table(found, before, after, renames) if found else ()
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {TABLE}"))
        created_before, created_after = (created(connection, table) for table in (before, after))
        sqlalchemy_table(before).create(connection)
        connection.commit()
        for change in changes:
            run(connection, code_of(change.upgrade))
        assert catalog_of(connection) == created_after
        for change in reversed(changes):
            run(connection, code_of(change.downgrade))
        assert catalog_of(connection) == created_before


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
