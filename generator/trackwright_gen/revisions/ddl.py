"""Operations -> the statements that PostgreSQL gets, for people and linters to read before anything runs."""

from collections.abc import Iterable, Iterator
from io import StringIO

from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext

from trackwright_gen.revisions.operations import AutocommitOp, ByDialectOp
from trackwright_gen.revisions.postgresql import POSTGRESQL


def postgresql_sql(operations: Iterable[ops.MigrateOperation]) -> str:
    """Render what a revision's upgrade does on PostgreSQL."""
    buffer = StringIO()
    options = {"as_sql": True, "output_buffer": buffer}
    run = Operations(MigrationContext.configure(dialect=POSTGRESQL, opts=options))
    for operation in _single(operations):
        run.invoke(operation)
    return buffer.getvalue().replace(";\n\n", ";\n")


def _single(operations: Iterable[ops.MigrateOperation]) -> Iterator[ops.MigrateOperation]:
    for operation in operations:
        match operation:
            case ByDialectOp(postgresql=inner):
                yield from _single(inner)
            case AutocommitOp(operations=inner) | ops.ModifyTableOps(ops=inner):
                yield from _single(inner)
            case _:
                yield operation
