"""The Alembic operations that make a table, and the ones of ours that Alembic has no words for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alembic.autogenerate.render import renderers
from alembic.operations import ops

from trackwright_gen.plan.table import Table
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_table

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "5min"


@dataclass(frozen=True, slots=True)
class Change:
    """What one revision does, there and back."""

    upgrade: tuple[ops.MigrateOperation, ...]
    downgrade: tuple[ops.MigrateOperation, ...]


class SetTimeoutsOp(ops.MigrateOperation):
    """Bound how long the revision waits for locks, where the database is PostgreSQL.

    A migration that waits for a lock makes every later query wait behind it.
    """


@renderers.dispatch_for(SetTimeoutsOp)
def _render_timeouts(_context: Any, _operation: SetTimeoutsOp) -> list[str]:
    return [
        'if op.get_context().dialect.name == "postgresql":',
        f"    op.execute(\"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'\")",
        f"    op.execute(\"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'\")",
        "",
    ]


def create_table(planned: Table) -> Change:
    """Create a table with its constraints and indexes; going back drops it."""
    table = sqlalchemy_table(planned)
    indexes: Sequence[Any] = sorted(table.indexes, key=lambda index: str(index.name))
    create = (
        ops.CreateTableOp.from_table(table),
        *(ops.CreateIndexOp.from_index(index) for index in indexes),
    )
    # Dropping a table drops its indexes; naming each would only repeat the list.
    return Change((SetTimeoutsOp(), *create), (SetTimeoutsOp(), ops.DropTableOp.from_table(table)))
