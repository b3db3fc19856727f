"""Alembic sees exactly the model: no drift after create_all, on both databases, whatever env.py compares."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text


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
