"""A planned table as a SQLAlchemy Table, so that Alembic's own operations and renderers can take it."""

import importlib
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.sql.elements import conv

from trackwright_gen.plan import table as plan
from trackwright_gen.spec.sql import for_text_clause
from trackwright_gen.spec.sqltype import SqlType


def sqlalchemy_table(planned: plan.Table, metadata: MetaData | None = None) -> Any:
    """Build the Table, with stubs of the tables that it references.

    Names are final (`conv`): a project's naming convention leaves them alone.
    """
    metadata = metadata or MetaData()
    columns = [sqlalchemy_column(column) for column in planned.columns]
    for key in planned.foreign_keys:
        _stub(metadata, key, planned)
    constraints = [
        *(CheckConstraint(for_text_clause(c.condition), name=conv(c.name)) for c in planned.checks),
        *(UniqueConstraint(*unique.columns, name=conv(unique.name)) for unique in planned.uniques),
        *(_foreign_key(key, planned) for key in planned.foreign_keys),
    ]
    table = Table(
        planned.name, metadata, *columns, *constraints, comment=planned.comment, schema=planned.schema
    )
    for index in planned.indexes:
        _index(index, table)
    return table


def sqlalchemy_column(planned: plan.Column) -> Column[Any]:
    """Build a column that stands in no table yet."""
    extra = [Identity()] if planned.identity else []
    default = None if planned.server_default is None else text(for_text_clause(planned.server_default))
    return Column(
        planned.name,
        sqlalchemy_type(planned.type),
        *extra,
        nullable=planned.nullable,
        primary_key=planned.primary_key,
        server_default=default,
        comment=planned.comment,
    )


def sqlalchemy_type(described: SqlType) -> Any:
    """The type that a description means."""
    make = getattr(importlib.import_module(described.module), described.name)
    arguments = [sqlalchemy_type(one) if isinstance(one, SqlType) else one for one in described.args]
    made = make(*arguments, **dict(described.kwargs))
    for dialect, variant in described.variants:
        made = made.with_variant(sqlalchemy_type(variant), dialect)
    return made


def _foreign_key(planned: plan.ForeignKey, table: plan.Table) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        [planned.column],
        [f"{_full_name(planned, table)}.{planned.target_column}"],
        name=conv(planned.name),
        ondelete=planned.on_delete.upper() if planned.on_delete else None,
    )


def _full_name(key: plan.ForeignKey, table: plan.Table) -> str:
    """The target with the schema that SQLAlchemy finds it in: its own, else that of the metadata."""
    own = "." in key.target_table or table.schema is None
    return key.target_table if own else f"{table.schema}.{key.target_table}"


def _stub(metadata: MetaData, key: plan.ForeignKey, planned: plan.Table) -> None:
    schema, _, name = _full_name(key, planned).rpartition(".")
    if key.target_table == planned.name:
        return
    column = next(column for column in planned.columns if column.name == key.column)
    Table(
        name,
        metadata,
        Column(key.target_column, sqlalchemy_type(column.type)),
        schema=schema or None,
        extend_existing=True,
    )


def _index(planned: plan.Index, table: Any) -> None:
    columns = [table.c[name] for name in planned.columns]
    partial: dict[str, Any] = {}
    if planned.where is not None:
        where = text(for_text_clause(planned.where))
        partial = {"postgresql_where": where, "sqlite_where": where}
    Index(conv(planned.name), *columns, unique=planned.unique, **partial)
