"""A real Alembic folder, tables of specs, and what databases say about a migrated table."""

import textwrap
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, text

import trackwright
from trackwright_gen.plan.table import Table
from trackwright_gen.plan.table_of import table_of
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_table
from trackwright_gen.spec.loader import read_spec
from trackwright_gen.spec.naming import Names
from trackwright_gen.spec.references import resolve_references

# As in every project's env.py: the models import trackwright, which shows Alembic the identity on SQLite.
assert trackwright.__name__

ENV = """
from alembic import context
from sqlalchemy import create_engine, MetaData
from sqlalchemy.pool import NullPool
url = context.config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    raise SystemExit
with create_engine(url, poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, target_metadata=MetaData(), transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
FIRST = """
from alembic import op
import sqlalchemy as sa
revision = "base0001"
down_revision = None
def upgrade():
    op.create_table("etfs", sa.Column("id", sa.String(12), primary_key=True))
def downgrade():
    op.drop_table("etfs")
"""
TABLE = "order_task_tracking"


def planned(folder: Path, spec_text: str) -> Table:
    """The table of a spec."""
    path = folder / "order.yaml"
    path.write_text(spec_text)
    spec = resolve_references(read_spec(path), {"etfs": {"id": "String(12)"}})
    return table_of(spec, Names.of(spec))


def alembic_home(folder: Path, *, heads: tuple[str, ...] = ("base0001",), extra: str = "") -> AlembicHome:
    """A real Alembic folder whose first revision makes the referenced table."""
    scripts = folder / "migrations"
    command.init(Config(str(folder / "alembic.ini")), str(scripts))
    (scripts / "env.py").write_text(textwrap.dedent(ENV))
    (scripts / "versions" / "base0001_first.py").write_text(FIRST + extra)
    return AlembicHome(folder / "alembic.ini", scripts, (scripts / "versions",), heads)


def alembic(home: AlembicHome, url: str) -> Config:
    """The configuration for Alembic's own commands."""
    config = Config(str(home.config))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def drift(url: str, table: Table) -> list[object]:
    """What Alembic would change to get the planned table."""
    metadata = MetaData()
    sqlalchemy_table(table, metadata)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: kind != "table" or name == table.name,
            },
        )
        differences = compare_metadata(context, metadata)
    engine.dispose()
    return [one for one in differences if one[0] != "add_table"]  # the reference's stub


def created_catalog(url: str, table: Table) -> list[tuple[object, ...]]:
    """The catalog of the table made at once, in a database where it is not."""
    engine = create_engine(url)
    made = sqlalchemy_table(table)
    made.create(engine)
    found = catalog(url)
    made.drop(engine)
    engine.dispose()
    return found


def catalog(url: str) -> list[tuple[object, ...]]:
    """The catalog of the table in a database."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = catalog_of(connection)
    engine.dispose()
    return found


def catalog_of(connection: Connection) -> list[tuple[object, ...]]:
    """Constraints, indexes and columns of the table, in PostgreSQL's own words."""
    table = f"'{TABLE}'::regclass"
    queries = (
        # PostgreSQL 18 has NOT NULL here too, under a name of its own that a renamed column keeps; see attnotnull.
        (
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            f"WHERE conrelid = {table} AND contype <> 'n' ORDER BY 1"
        ),
        f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{TABLE}' ORDER BY 1",
        (
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text, "
            "pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum) FROM pg_attribute a "
            "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
            f"WHERE a.attrelid = {table} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname"
        ),
        f"SELECT obj_description({table})",
    )
    return [tuple(row) for query in queries for row in connection.execute(text(query))]


def sqlite_checks(url: str) -> list[str]:
    """The table's CHECK clauses, which Alembic does not compare, one per line as SQLite keeps them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        sql = connection.execute(text(f"SELECT sql FROM sqlite_master WHERE name = '{TABLE}'")).scalar_one()
    engine.dispose()
    # SQLite quotes a column's name when it renames the column in a clause.
    lines = (line.strip().rstrip(",").strip().replace('"', "") for line in sql.splitlines())
    return sorted(line for line in lines if " CHECK " in line)
