"""From a spec to its table: core structure first, then the domain's own columns, constraints and indexes."""

from collections.abc import Iterator

from trackwright_gen.errors import ToolError
from trackwright_gen.plan.core_table import core_checks, core_columns, core_indexes
from trackwright_gen.plan.table import Check, Column, ForeignKey, Index, Table, Unique
from trackwright_gen.spec.core import ACTIVE
from trackwright_gen.spec.field_type import FieldUse
from trackwright_gen.spec.field_types import type_of
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.naming import DerivedNames, Names
from trackwright_gen.spec.predicates import condition_sql, enum_sql, known_column
from trackwright_gen.spec.sql import default_sql


def table_of(spec: DomainSpec, names: Names) -> Table:
    """Build the table of a domain.

    Raises:
        ToolError: a field's type is still open; `resolve_references` fills it from the project's models.
    """
    uses = field_uses(spec, names)
    checks, indexes = core_checks(spec.domain), core_indexes(spec.domain)
    derived = DerivedNames(
        spec.domain, [*(check.name for check in checks), *(index.name for index in indexes)]
    )
    return Table(
        name=names.table,
        columns=(*core_columns(spec.task.retry.max_attempts), *(_column(use) for use in uses)),
        foreign_keys=tuple(_foreign_keys(uses, derived)),
        uniques=tuple(_uniques(spec, derived)),
        checks=(*checks, *_checks(spec, uses, derived)),
        indexes=(*indexes, *_indexes(spec, derived)),
    )


def field_uses(spec: DomainSpec, names: Names) -> tuple[FieldUse, ...]:
    """The domain's own fields with all their names, in the spec's order."""
    return tuple(names.use(name, field) for name, field in spec.fields.items())


def _column(use: FieldUse) -> Column:
    field = use.spec
    if field.type is None:
        raise ToolError(
            f"the type of field {use.name!r} is open",
            hint="give the field a `type`, or a reference to a known table",
        )
    field_type = type_of(field.type)
    server_default = None if field.default_sql is None else default_sql(field.default_sql)
    if field.default is not None:
        server_default = field_type.sql_literal(field.default)
    return Column(
        name=use.column,
        attribute=use.attribute,
        type=field_type.sql_type(field),
        nullable=not field.required,
        default=field.default,
        server_default=server_default,
        comment=field.comment,
    )


def _foreign_keys(uses: tuple[FieldUse, ...], derived: DerivedNames) -> Iterator[ForeignKey]:
    for use in uses:
        if use.spec.references:
            table, _, column = use.spec.references.rpartition(".")
            yield ForeignKey(
                name=derived.foreign_key(use.name),
                column=use.column,
                target_table=table,
                target_column=column,
                on_delete=use.spec.on_delete,
            )


def _uniques(spec: DomainSpec, derived: DerivedNames) -> Iterator[Unique]:
    single = [(name,) for name, field in spec.fields.items() if field.unique]
    listed = [unique.fields for unique in spec.unique if unique.while_ is None]
    for fields in (*single, *listed):
        yield Unique(name=derived.unique(fields), columns=_columns(spec, fields))


def _checks(spec: DomainSpec, uses: tuple[FieldUse, ...], derived: DerivedNames) -> Iterator[Check]:
    for use in uses:
        if use.spec.type == "enum":
            yield Check(name=derived.check(use.name), condition=enum_sql(use.column, use.spec))
    for check in spec.checks:
        yield Check(name=derived.check(check.name), condition=condition_sql(check, spec))


def _indexes(spec: DomainSpec, derived: DerivedNames) -> Iterator[Index]:
    for name, field in spec.fields.items():
        if field.index:
            yield Index(name=derived.index([name]), columns=_columns(spec, (name,)))
    for index in spec.indexes:
        where = condition_sql(index.where, spec) if index.where else None
        yield Index(
            name=derived.index(index.fields, where or ""), columns=_columns(spec, index.fields), where=where
        )
    for unique in spec.unique:
        if unique.while_:
            yield Index(
                name=derived.unique(unique.fields, active=True),
                columns=_columns(spec, unique.fields),
                unique=True,
                where=ACTIVE,
            )


def _columns(spec: DomainSpec, fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(known_column(spec, name) for name in fields)
