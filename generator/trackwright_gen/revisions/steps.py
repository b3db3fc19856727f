"""One difference -> the Alembic operations that make it, in terms of the table before and after."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from alembic.operations import ops
from sqlalchemy import DefaultClause, text
from sqlalchemy.schema import AddConstraint

from trackwright_gen.plan.table import Check, Column, ForeignKey, Index, Table, Unique
from trackwright_gen.revisions.difference import NameChanged
from trackwright_gen.revisions.operations import AlterColumnOp, ByDialectOp, CreateCheckConstraintOp, SqlOp
from trackwright_gen.revisions.postgresql import POSTGRESQL
from trackwright_gen.revisions.sqlalchemy_table import sqlalchemy_column, sqlalchemy_table, sqlalchemy_type
from trackwright_gen.revisions.type_change import conversion, other_kind
from trackwright_gen.spec.sql import for_text_clause, quoted


class Steps:
    """Makes operations that know both tables (`old` has its columns' new names already)."""

    def __init__(self, old: Table, new: Table) -> None:
        self.old = old
        self.new = new
        self._before = _elements(old)
        self._after = _elements(new)

    @cached_property
    def back(self) -> "Steps":
        """The steps the other way round."""
        return Steps(self.new, self.old)

    def before(self, name: str) -> Any:
        """SQLAlchemy's constraint or index of the table before."""
        return self._before[name]

    def after(self, name: str) -> Any:
        """SQLAlchemy's constraint or index of the table after."""
        return self._after[name]

    def drop_index(self, index: Index) -> ops.DropIndexOp:
        """DROP INDEX."""
        return ops.DropIndexOp.from_index(self._before[index.name])

    def create_index(self, index: Index) -> ops.CreateIndexOp:
        """CREATE INDEX."""
        return ops.CreateIndexOp.from_index(self._after[index.name])

    def drop_constraint(self, name: str) -> ops.DropConstraintOp:
        """DROP CONSTRAINT."""
        return ops.DropConstraintOp.from_constraint(self._before[name])

    def create_constraint(self, constraint: ForeignKey | Unique | Check) -> ops.AddConstraintOp:
        """ADD CONSTRAINT."""
        made = self._after[constraint.name]
        match constraint:
            case Check(condition=condition):
                return CreateCheckConstraintOp(
                    made.name, self.new.name, for_text_clause(condition), schema=self.new.schema
                )
            case ForeignKey():
                return ops.CreateForeignKeyOp.from_constraint(made)
            case Unique():
                return ops.CreateUniqueConstraintOp.from_constraint(made)

    def add_constraint(self, name: str, *, validated: bool = True) -> SqlOp:
        """ADD CONSTRAINT as PostgreSQL reads it; one that is not validated says nothing of rows that are there."""
        sql = str(AddConstraint(self._after[name]).compile(dialect=POSTGRESQL))
        return SqlOp(sql if validated else f"{sql} NOT VALID")

    def drop_column(self, column: Column) -> ops.DropColumnOp:
        """DROP COLUMN."""
        return ops.DropColumnOp(self.new.name, column.name, schema=self.new.schema)

    def add_column(self, column: Column) -> Iterator[ops.MigrateOperation]:
        """ADD COLUMN; one that must have a value and has no default in two steps, because SQLite wants it so."""
        made = sqlalchemy_column(column)
        if column.nullable or column.server_default is not None:
            yield ops.AddColumnOp(self.new.name, made, schema=self.new.schema)
            return
        made.nullable = True
        yield ops.AddColumnOp(self.new.name, made, schema=self.new.schema)
        yield self._altered(column, modify_nullable=False)

    def alter_column(self, old: Column, new: Column) -> Iterator[AlterColumnOp]:
        """ALTER COLUMN. A default in terms of another type goes first and comes back after."""
        again = other_kind(old.type, new.type)
        if again and old.server_default is not None:
            yield self._altered(old, modify_server_default=None)
        said = dict(_spoken(old, new))
        if said:
            yield self._altered(old, **said)
        default = (
            None if new.server_default is None else DefaultClause(text(for_text_clause(new.server_default)))
        )
        if old.server_default != new.server_default or (again and default is not None):
            yield self._altered(new, modify_server_default=default)

    def _altered(self, existing: Column, **changes: Any) -> AlterColumnOp:
        kind = sqlalchemy_type(existing.type)
        return AlterColumnOp(
            self.new.name, existing.name, schema=self.new.schema, existing_type=kind, **changes
        )

    def change_names(self, changes: Iterable[NameChanged]) -> ByDialectOp:
        """PostgreSQL has names changed in its catalog; elsewhere the thing is made anew."""
        sql: list[ops.MigrateOperation] = []
        batch: list[ops.MigrateOperation] = []
        gone: list[ops.MigrateOperation] = []
        made: list[ops.MigrateOperation] = []
        for change in changes:
            sql.append(self.rename_in_catalog(change.old, change.new.name))
            if isinstance(change.old, Index) and isinstance(change.new, Index):
                gone.append(self.drop_index(change.old))
                made.append(self.create_index(change.new))
            elif not isinstance(change.new, Index):
                batch += [self.drop_constraint(change.old.name), self.create_constraint(change.new)]
        rebuild = [ops.ModifyTableOps(self.new.name, batch, schema=self.new.schema)] if batch else []
        return ByDialectOp(tuple(sql), (*gone, *rebuild, *made))

    def rename_in_catalog(self, element: ForeignKey | Unique | Check | Index, name: str) -> SqlOp:
        """RENAME a constraint or an index."""
        old, new = quoted(element.name), quoted(name)
        if isinstance(element, Index):
            return SqlOp(f"ALTER INDEX {self.new.sql_name_of(element.name)} RENAME TO {new}")
        return SqlOp(f"ALTER TABLE {self.new.sql_name} RENAME CONSTRAINT {old} TO {new}")

    def change_comment(self, old: str | None, new: str | None) -> ByDialectOp:
        """COMMENT ON TABLE, which SQLite has not."""
        return ByDialectOp((self.set_comment(old, new),))

    def set_comment(self, old: str | None, new: str | None) -> ops.MigrateOperation:
        """COMMENT ON TABLE."""
        if new is None:
            return ops.DropTableCommentOp(self.new.name, schema=self.new.schema, existing_comment=old)
        return ops.CreateTableCommentOp(self.new.name, new, schema=self.new.schema, existing_comment=old)


def _spoken(old: Column, new: Column) -> Iterator[tuple[str, Any]]:
    """All that one ALTER COLUMN says beside the default."""
    if old.type != new.type:
        yield "modify_type", sqlalchemy_type(new.type)
        if (target := conversion(old.type, new.type)) is not None:
            yield "postgresql_using", f"{quoted(new.name)}::{target}"
    if old.nullable != new.nullable:
        yield "modify_nullable", new.nullable
    if old.comment != new.comment:
        yield "modify_comment", new.comment
        yield "existing_comment", old.comment


def _elements(planned: Table) -> dict[str, Any]:
    table = sqlalchemy_table(planned)
    return {str(one.name): one for one in (*table.constraints, *table.indexes)}
