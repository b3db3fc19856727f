"""Operations -> what a revision file holds, and -> the SQL that PostgreSQL gets; both without a database."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import render_op
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import ClauseElement, MetaData

from trackwright_gen.revisions.postgresql import POSTGRESQL
from trackwright_gen.spec.sql import for_text_clause

_OPTIONS: dict[str, Any] = {
    "sqlalchemy_module_prefix": "sa.",
    "alembic_module_prefix": "op.",
    "user_module_prefix": None,
    "render_item": None,
    "render_as_batch": True,
}


@dataclass(frozen=True, slots=True)
class Code:
    """The body of a function and the imports it needs beside `op` and `sa`."""

    body: str
    imports: frozenset[str]


class _Impl(PostgresqlImpl):
    """Renders SQL text so that `sa.text()` gives it back; Alembic forgets that `:name` is a parameter there."""

    def render_ddl_sql_expr(self, expr: ClauseElement, *args: Any, **kwargs: Any) -> str:
        return for_text_clause(super().render_ddl_sql_expr(expr, *args, **kwargs))


def code_of(operations: Iterable[ops.MigrateOperation]) -> Code:
    """Render the body of `upgrade` or `downgrade`."""
    migration = MigrationContext.configure(dialect=POSTGRESQL)
    migration.impl = _Impl(POSTGRESQL, None, False, None, None, {})
    context = AutogenContext(migration, metadata=MetaData(), opts=_OPTIONS, autogenerate=False)
    body = source_of(context, operations)
    return Code(indented(body).strip() or "pass", frozenset(context.imports))


def source_of(context: AutogenContext, operations: Iterable[ops.MigrateOperation]) -> str:
    """Render operations at the left margin."""
    lines: list[str] = []
    for operation in operations:
        inside = False
        for line in render_op(context, operation):
            lines.append(indented(line) if inside else line)
            inside = inside or line.startswith("with ")
    return "\n".join(lines)


def indented(text: str) -> str:
    """One level further in."""
    return textwrap.indent(text, "    ")
