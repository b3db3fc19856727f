"""Alembic sees exactly the model: no drift after create_all, on both databases, whatever env.py compares."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, create_engine, inspect, text


@pytest.mark.parametrize("compare_server_default", [True, False])
def test_no_drift(engine: Engine, model: Any, compare_server_default: bool) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": compare_server_default}
        )
        assert compare_metadata(context, model.metadata) == []


def test_drift_is_seen(engine: Engine, model: Any) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX idx_price_task_due"))
    with engine.connect() as connection:
        (difference,) = compare_metadata(MigrationContext.configure(connection), model.metadata)
    assert difference[0] == "add_index"


def test_autogenerate_writes_a_revision_that_runs(postgres_url: str, model: Any) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        operations = produce_migrations(context, model.metadata).upgrade_ops
        assert operations is not None
        code = render_python_code(operations, migration_context=context)
        assert "trackwright" not in code
        imports = "import sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql, sqlite\n"
        module = f"{imports}def upgrade(op):\n    {code}"
        names: dict[str, Any] = {}
        exec(module, names)  # noqa: S102 -- what Alembic just wrote
        names["upgrade"](Operations(context))
    assert "price_task_tracking" in inspect(engine).get_table_names()
    engine.dispose()
