"""A spec becomes its table: the mixin's core structure, then the domain's own, under names that fit."""

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from trackwright import TaskTrackingMixin
from trackwright_gen.errors import ToolError
from trackwright_gen.plan.table import Table
from trackwright_gen.plan.table_of import field_uses, table_of
from trackwright_gen.spec.enum_members import member_names
from trackwright_gen.spec.examples import example_source
from trackwright_gen.spec.field_types import type_of
from trackwright_gen.spec.loader import parse_spec
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.naming import Names
from trackwright_gen.spec.source import SpecSource
from trackwright_gen.spec.sql import for_text_clause
from trackwright_gen.spec.sqltype import SqlType


def spec_of(text: str) -> DomainSpec:
    return parse_spec(SpecSource.of(Path("s.yaml"), text)).spec


def planned(text: str) -> Table:
    spec = spec_of(text)
    return table_of(spec, Names.of(spec))


def sa_type(sql_type: SqlType) -> Any:
    module = sa if sql_type.module == "sqlalchemy" else __import__(sql_type.module, fromlist=["_"])
    arguments = [sa_type(value) if isinstance(value, SqlType) else value for value in sql_type.args]
    made = getattr(module, sql_type.name)(*arguments, **dict(sql_type.kwargs))
    for dialect, variant in sql_type.variants:
        made = made.with_variant(sa_type(variant), dialect)
    return made


def created(table: Table) -> Any:
    """The planned table as SQLAlchemy knows it. Any: Table is generic in SQLAlchemy 2.1 and not in 2.0."""
    columns = [
        sa.Column(
            column.name,
            sa_type(column.type),
            *([sa.Identity()] if column.identity else []),
            nullable=column.nullable,
            primary_key=column.primary_key,
            server_default=sa.text(for_text_clause(column.server_default)) if column.server_default else None,
        )
        for column in table.columns
    ]
    checks = [sa.CheckConstraint(for_text_clause(check.condition), name=check.name) for check in table.checks]
    uniques = [sa.UniqueConstraint(*unique.columns, name=unique.name) for unique in table.uniques]
    made: Any = sa.Table(table.name, sa.MetaData(), *columns, *checks, *uniques)
    for index in table.indexes:
        where = sa.text(for_text_clause(index.where)) if index.where else None
        sa.Index(
            index.name,
            *(made.c[name] for name in index.columns),
            unique=index.unique,
            postgresql_where=where,
            sqlite_where=where,
        )
    return made


def ddl(table: Any, url: str) -> list[str]:
    dialect = sa.make_url(url).get_dialect()()
    statements: list[DDLElement] = [CreateTable(table), *(CreateIndex(index) for index in table.indexes)]
    lines = [str(statement.compile(dialect=dialect)) for statement in statements]
    # The mixin writes the defaults of integers as '0', the plan as 0: the databases keep the same.
    plain = [re.sub(r"DEFAULT '(\d+)'", r"DEFAULT \1", text) for text in lines]
    return sorted(line.strip().rstrip(",") for text in plain for line in text.splitlines())


@pytest.mark.parametrize("url", ["postgresql://", "sqlite://"])
def test_the_core_structure_is_the_mixins(url: str) -> None:
    class Base(DeclarativeBase):
        pass

    class Tracking(TaskTrackingMixin, Base):
        __tablename__ = "d_task_tracking"
        __max_attempts__ = 7

    mixin: Any = Tracking.__table__
    assert ddl(created(planned("domain: d\ntask: {retry: {max_attempts: 7}}\n")), url) == ddl(mixin, url)


def test_constraints_and_indexes_of_the_domain() -> None:
    table = planned(
        "domain: d\n"
        "fields:\n"
        "  etf_id: {type: string, length: 12, required: true, references: market.etfs.id, on_delete: cascade}\n"
        "  date: {type: date, index: true}\n"
        "  price: {type: decimal, precision: 20, scale: 6, default: '0.50'}\n"
        "  state: {type: enum, values: [open, it's], default: open, unique: true}\n"
        "unique: [[etf_id, date], {fields: [etf_id], while: active}]\n"
        "checks: [{name: price_positive, field: price, op: '>', value: 0}]\n"
        "indexes: [{fields: [etf_id], where: {field: state, op: in, value: [open, it's]}}]\n"
    )
    assert [
        (key.name, key.column, key.target_table, key.target_column, key.on_delete)
        for key in table.foreign_keys
    ] == [("fk_d_task_etf_id", "etf_id", "market.etfs", "id", "cascade")]
    assert [(unique.name, unique.columns) for unique in table.uniques] == [
        ("uq_d_task_state", ("state",)),
        ("uq_d_task_etf_id_date", ("etf_id", "date")),
    ]
    assert [(check.name, check.condition) for check in table.checks if not check.core] == [
        ("ck_d_task_state", "state IN ('open', 'it''s')"),
        ("ck_d_task_price_positive", "price > 0"),
    ]
    assert [
        (index.name, index.columns, index.unique, index.where) for index in table.indexes if not index.core
    ] == [
        ("idx_d_task_date", ("date",), False, None),
        ("idx_d_task_etf_id", ("etf_id",), False, "state IN ('open', 'it''s')"),
        ("uq_d_task_etf_id_active", ("etf_id",), True, "status IN ('PENDING', 'PROCESSING')"),
    ]
    price = next(column for column in table.columns if column.name == "price")
    assert (price.default, price.server_default) == (Decimal("0.50"), "0.50")


def test_an_open_type_is_an_error() -> None:
    spec = spec_of("domain: d\nfields: {etf_id: {references: etfs.id}}\n")
    with pytest.raises(ToolError, match="the type of field 'etf_id' is open"):
        table_of(spec, Names.of(spec))


def all_names(table: Table) -> Iterable[str]:
    yield table.name
    for parts in (table.checks, table.indexes, table.uniques, table.foreign_keys):
        yield from (part.name for part in parts)


def test_long_and_colliding_names_are_cut_and_told_apart() -> None:
    long = "f" * 60
    table = planned(
        f"domain: {'d' * 37}\n"
        "fields:\n"
        f"  {long}1: {{type: string, unique: true, references: t.id}}\n"
        f"  {long}2: {{type: string, unique: true, references: t.id}}\n"
        "  a: {type: string}\n  a_b: {type: string}\n  b_c: {type: string}\n  c: {type: string}\n"
        "unique: [[a, b_c], [a_b, c]]\n"
        "checks: [{name: status, field: a, op: '=', value: x}]\n"
        "indexes: [{fields: [status]}, {fields: [created_at, completed_at]}, {fields: [a]}, "
        "{fields: [a], where: {field: c, is: 'null'}}]\n"
    )
    names = list(all_names(table))
    assert len(set(names)) == len(names)
    assert max(len(name.encode()) for name in names) <= 63
    assert names == list(all_names(table))


RESERVED = (
    "domain: order\n"
    "fields:\n"
    "  group: {type: string, index: true}\n"
    '  user: {type: string, default: "it\'s :x 100% \\\\ \\"q\\""}\n'
    "  limit: {type: integer, required: true, default: 5}\n"
    "  class_: {type: string, column: class}\n"
    "  select: {type: boolean, default: true}\n"
    "  camel: {type: string, column: camelCase}\n"
    "unique: [[group, limit], {fields: [user], while: active}]\n"
    "checks:\n"
    "  - {name: user_known, field: user, op: '!=', value: \"nobody's :name\"}\n"
    "  - {name: camel_is, field: camel, op: in, value: [':a', '%s']}\n"
    "  - {name: chosen, field: select, op: '=', value: true}\n"
    "indexes: [{fields: [limit], where: {field: group, is: 'not null'}}]\n"
)


def test_reserved_words_and_odd_literals_become_a_real_table(database_url: str) -> None:
    table = created(planned(RESERVED))
    engine = sa.create_engine(database_url)
    try:
        table.create(engine)
        with engine.begin() as connection:
            connection.execute(table.insert().values(camelCase="%s"))
            row = connection.execute(table.select()).mappings().one()
        assert (row["user"], row["limit"], row["select"], row["camelCase"]) == (
            'it\'s :x 100% \\ "q"',
            5,
            True,
            "%s",
        )
        for values in (
            {"user": "nobody's :name"},
            {"camelCase": "b"},
            {"select": False},
            {"user": row["user"]},
        ):
            with pytest.raises(IntegrityError), engine.begin() as connection:
                connection.execute(table.insert().values(**values))
    finally:
        engine.dispose()


FIELDS = (
    "domain: d\n"
    "fields:\n"
    "  a_string: {type: string, length: 12}\n"
    "  a_text: {type: text}\n"
    "  an_integer: {type: integer}\n"
    "  a_bigint: {type: bigint}\n"
    "  a_boolean: {type: boolean}\n"
    "  a_date: {type: date}\n"
    "  a_datetime: {type: datetime}\n"
    "  an_interval: {type: interval}\n"
    "  a_decimal: {type: decimal, precision: 12, scale: 4}\n"
    "  a_float: {type: float}\n"
    "  a_uuid: {type: uuid}\n"
    "  a_json: {type: json}\n"
    '  an_enum: {type: enum, values: [1st, in-progress, None, mro, "it\'s"]}\n'
    "  an_array: {type: array, items: string, length: 40}\n"
    "  some_bytes: {type: bytes}\n"
)
DEFAULTS = (
    "domain: d\n"
    "fields:\n"
    "  a_string: {type: string, default: no}\n"
    '  a_text: {type: text, default: "it\'s"}\n'
    "  an_integer: {type: integer, default: -5}\n"
    "  a_bigint: {type: bigint, default: 9000000000}\n"
    "  a_boolean: {type: boolean, default: false}\n"
    "  a_date: {type: date, default: 2026-01-31}\n"
    "  a_decimal: {type: decimal, precision: 12, scale: 4, default: '1.2500'}\n"
    "  a_float: {type: float, default: 1e-3}\n"
    "  a_uuid: {type: uuid, default: 123e4567-e89b-12d3-a456-426614174000}\n"
    "  a_json: {type: json, default: {a: [1, 'x', {b: null}], \"it's\": ':c'}}\n"
    "  an_enum: {type: enum, values: [no, on], default: on}\n"
    "  now: {type: datetime, default_sql: CURRENT_TIMESTAMP, required: true}\n"
)


def model_of(spec: DomainSpec) -> tuple[Any, dict[str, Any]]:
    """The model as generated code writes it: column types, annotations and enums from their source."""

    class Base(DeclarativeBase):
        pass

    names = Names.of(spec)
    scope: dict[str, Any] = {}
    attributes: dict[str, Any] = {"__tablename__": names.table}
    for use in field_uses(spec, names):
        source = type_of(use.spec.type).column_type(use)
        enum = "\n".join(
            f"    {name} = {value!r}" for value, name in member_names(use.spec.values or ()).items()
        )
        code = "\n".join(str(needed) for needed in source.imports)
        if enum:
            code += f"\nimport enum\nclass {use.class_name}(enum.StrEnum):\n{enum}"
        exec(code, scope)  # noqa: S102 -- generated source, run as the project would
        attributes[use.attribute] = mapped_column(use.column, eval(source.text, scope), nullable=True)  # noqa: S307
    return type(names.model, (TaskTrackingMixin, Base), attributes), scope


def test_every_field_type_keeps_its_values(database_url: str) -> None:
    spec = spec_of(FIELDS)
    names = Names.of(spec)
    model, scope = model_of(spec)
    engine = sa.create_engine(database_url)
    try:
        created(table_of(spec, names)).create(engine)
        written = []
        for index in range(1, 6):
            values = {}
            for use in field_uses(spec, names):
                source = example_source(use, index, spec)
                exec("\n".join(str(needed) for needed in source.imports), scope)  # noqa: S102
                values[use.attribute] = eval(source.text, scope)  # noqa: S307
            written.append(values)
        with Session(engine) as session:
            session.add_all([model(**values) for values in written])
            session.commit()
        with Session(engine) as session:
            rows = session.scalars(sa.select(model).order_by(model.id)).all()
            assert [{key: getattr(row, key) for key in written[0]} for row in rows] == written
            assert {type(row.an_enum).__name__ for row in rows} == {"DAnEnum"}
    finally:
        engine.dispose()


def test_a_plain_insert_gets_every_default(database_url: str) -> None:
    spec = spec_of(DEFAULTS)
    model, scope = model_of(spec)
    engine = sa.create_engine(database_url)
    try:
        created(table_of(spec, Names.of(spec))).create(engine)
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO d_task_tracking (max_attempts) VALUES (2)")
        with Session(engine) as session:
            row = session.scalars(sa.select(model)).one()
            found = {
                name: getattr(row, name) for name, field in spec.fields.items() if field.default is not None
            }
            assert found == {
                name: field.default for name, field in spec.fields.items() if field.default is not None
            }
            assert row.an_enum is scope["DAnEnum"].ON
            assert row.now is not None
            assert (row.status, row.attempts, row.task_metadata) == ("PENDING", 0, {})
    finally:
        engine.dispose()
