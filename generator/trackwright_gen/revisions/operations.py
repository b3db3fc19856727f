"""Operations that Alembic has no words for, registered with its renderer."""

from typing import Any

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import renderers
from alembic.operations import ops

from trackwright_gen.revisions.rendering import indented, source_of
from trackwright_gen.spec.sql import for_text_clause

_USING = "postgresql_using"


class ByDialectOp(ops.MigrateOperation):
    """Steps for PostgreSQL and steps for any other database, chosen when the revision runs."""

    def __init__(
        self, postgresql: tuple[ops.MigrateOperation, ...], other: tuple[ops.MigrateOperation, ...] = ()
    ) -> None:
        self.postgresql = postgresql
        self.other = other


class SqlOp(ops.ExecuteSQLOp):
    """One statement, as the database reads it: what `op.execute()` would take for a parameter is escaped."""

    def __init__(self, sql: str) -> None:
        super().__init__(for_text_clause(sql))


class AutocommitOp(ops.MigrateOperation):
    """Steps outside a transaction: each statement commits by itself."""

    def __init__(self, operations: tuple[ops.MigrateOperation, ...]) -> None:
        self.operations = operations


class RefuseOp(ops.MigrateOperation):
    """Stop, with a reason, where a step cannot be done right."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


class RefuseRowOp(ops.MigrateOperation):
    """Stop, with a reason that a value follows, where a query finds a row; for databases without `DO`."""

    def __init__(self, query: str, reason: str) -> None:
        self.query = query
        self.reason = reason


class AlterColumnOp(ops.AlterColumnOp):
    """ALTER COLUMN that says how old values become new ones, which Alembic's own renderer leaves out."""


class RenameColumnOp(ops.AlterColumnOp):
    """RENAME COLUMN, which older Alembics render without the new name."""


class CreateCheckConstraintOp(ops.CreateCheckConstraintOp):
    """ADD CHECK, which Alembic renders only since 1.19."""


@renderers.dispatch_for(ByDialectOp)
def _render_by_dialect(context: AutogenContext, operation: ByDialectOp) -> str:
    branches = [('if op.get_context().dialect.name == "postgresql":', operation.postgresql)]
    if not operation.postgresql:
        branches = [('if op.get_context().dialect.name != "postgresql":', operation.other)]
    elif operation.other:
        branches.append(("else:", operation.other))
    return "".join(f"{head}\n{indented(source_of(context, body)).rstrip()}\n" for head, body in branches)


@renderers.dispatch_for(SqlOp)
def _render_sql(_context: AutogenContext, operation: SqlOp) -> str:
    lines = str(operation.sqltext).splitlines(keepends=True)
    # Line by line: the file's indentation must not get into what is quoted in the SQL.
    return f"op.execute({' '.join(map(repr, lines))})"


@renderers.dispatch_for(AutocommitOp)
def _render_autocommit(context: AutogenContext, operation: AutocommitOp) -> str:
    body = indented(source_of(context, operation.operations))
    return f"with op.get_context().autocommit_block():\n{body}"


@renderers.dispatch_for(RefuseOp)
def _render_refusal(_context: AutogenContext, operation: RefuseOp) -> str:
    return f"raise NotImplementedError({operation.reason!r})"


@renderers.dispatch_for(RefuseRowOp)
def _render_refused_row(_context: AutogenContext, operation: RefuseRowOp) -> str:
    query = f"sa.text({for_text_clause(operation.query)!r})"
    reason = operation.reason.replace("{", "{{").replace("}", "}}")
    return (
        f"for row in op.get_bind().execute({query}):\n"
        f"    raise ValueError({reason + ': {value}'!r}.format(value=row[0]))"
    )


@renderers.dispatch_for(AlterColumnOp)
def _render_alter_column(context: AutogenContext, operation: AlterColumnOp) -> str:
    plain: Any = renderers.dispatch(ops.AlterColumnOp)
    text = str(plain(context, operation))
    using = operation.kw.get(_USING)
    return text if using is None else f"{text.removesuffix(')')},\n{_USING}={using!r})"


@renderers.dispatch_for(RenameColumnOp)
def _render_rename_column(_context: AutogenContext, operation: RenameColumnOp) -> str:
    table, old, new = operation.table_name, operation.column_name, operation.modify_name
    schema = f", schema={operation.schema!r}" if operation.schema else ""
    return f"op.alter_column({table!r}, {old!r}, new_column_name={new!r}{schema})"


@renderers.dispatch_for(CreateCheckConstraintOp)
def _render_create_check(_context: AutogenContext, operation: CreateCheckConstraintOp) -> str:
    name = f"op.f({str(operation.constraint_name)!r})"
    return f"batch_op.create_check_constraint({name}, {str(operation.condition)!r})"
