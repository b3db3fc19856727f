"""References are looked up in the project's tables: unknown ones are refused, types are taken over."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from trackwright_gen.errors import ToolErrors
from trackwright_gen.spec.foreign_types import field_keys_of
from trackwright_gen.spec.loader import LoadedSpec
from trackwright_gen.spec.references import resolve_references

Load = Callable[[str], LoadedSpec]
TABLES: Mapping[str, Mapping[str, str]] = {
    "etfs": {"id": "String(12)", "kind": "MyType(3)", "fee": "Numeric(8, 2)"},
    "pension_etfs": {"id": "Integer"},
}


def test_an_open_type_is_the_referenced_columns(load: Load) -> None:
    loaded = load(
        "domain: d\nfields:\n"
        "  etf_id: {references: etfs.id, required: true, default: IE00}\n"
        "  pension_id: {references: pension_etfs.id}\n"
        "  fee: {references: etfs.fee}\n"
        "  parent: {references: d_task_tracking.id}\n"
        "checks: [{name: c, field: fee, op: '>', value: 0}]\n"
    )
    spec = resolve_references(loaded, TABLES)
    assert (spec.fields["etf_id"].type, spec.fields["etf_id"].length) == ("string", 12)
    assert spec.fields["etf_id"].default == "IE00"
    assert type(spec.fields["etf_id"].default) is str
    assert spec.fields["pension_id"].type == "integer"
    assert spec.fields["parent"].type == "bigint"
    assert (spec.fields["fee"].precision, spec.fields["fee"].scale) == (8, 2)
    assert spec.checks[0].value == Decimal(0)


def test_references_to_the_own_table_are_typed_whatever_they_lead_through(load: Load) -> None:
    loaded = load(
        "domain: d\nfields:\n"
        "  last: {references: d_task_tracking.of_code}\n"
        "  of_code: {references: d_task_tracking.Code, unique: true}\n"
        "  code: {type: string, length: 9, column: Code}\n"
        "  kind: {type: enum, values: [a, long one], unique: true}\n"
        "  of_kind: {references: d_task_tracking.kind}\n"
        "  tags: {type: array, items: text, unique: true}\n"
        "  of_tags: {references: d_task_tracking.tags}\n"
        "  of_etf: {references: etfs.id, unique: true}\n"
        "  like_it: {references: d_task_tracking.of_etf}\n"
        "  there: {type: integer, references: d_task_tracking.back, unique: true}\n"
        "  back: {references: d_task_tracking.there, unique: true}\n"
        "unique: [[code]]\n"
    )
    fields = resolve_references(loaded, TABLES).fields
    found = {name: (field.type, field.length or field.items) for name, field in fields.items()}
    assert found["last"] == found["of_code"] == ("string", 9)
    assert found["of_kind"] == ("string", 8)
    assert found["of_tags"] == ("array", "text")
    assert found["like_it"] == ("string", 12)
    assert found["back"] == ("integer", None)


def test_mistakes_of_both_kinds_of_references_come_at_once(load: Load) -> None:
    loaded = load(
        "domain: d\nfields:\n  a: {references: etf.id, unique: true}\n  b: {references: d_task_tracking.a}\n"
        "  c: {references: d_task_tracking.x}\n"
    )
    with pytest.raises(ToolErrors) as caught:
        resolve_references(loaded, TABLES)
    assert [error.at.row for error in caught.value.errors if error.at] == [3, 5]


def test_external_tables_are_not_looked_up(load: Load) -> None:
    loaded = load("domain: d\nfields: {a: {type: integer, references: other.id, external: true}}\n")
    assert resolve_references(loaded, TABLES).fields["a"].type == "integer"


REFUSED = {
    "an unknown table": (
        "a: {type: string, references: etf.id}",
        "3:33 the project's models show no table 'etf'",
        "did you mean 'etfs'? - or give the field a `type` and `external: true`",
    ),
    "an unknown column": (
        "a: {type: string, references: etfs.idd}",
        "3:33 table 'etfs' has no column 'idd'",
        "did you mean 'id'?",
    ),
    "a type that cannot be read": (
        "a: {references: etfs.kind}",
        "3:19 the type of etfs.kind (MyType(3)) cannot be read",
        "give the field 'a' a `type`",
    ),
    "types that do not go together": (
        "a: {type: string, references: pension_etfs.id}",
        "3:13 'a' is of type string, but pension_etfs.id is Integer",
        "write type: integer, or leave the type out",
    ),
    "an unknown column of the own table": (
        "a: {type: bigint, references: d_task_tracking.idd}",
        "3:33 this table has no column 'idd'",
        "did you mean 'id'?",
    ),
    "an own column that says no row": (
        "a: {references: d_task_tracking.status}",
        "3:19 several rows can have the same 'status', so none can be referred to by it",
        "refer to `id`",
    ),
    "another type than the own key's": (
        "a: {type: string, references: d_task_tracking.id}",
        "3:13 'a' is of type string, but 'id' is of type bigint",
        "write type: bigint, or leave the type out",
    ),
    "a reference to itself": (
        "a: {references: d_task_tracking.a, unique: true}",
        "3:19 the type cannot be found: these references lead back to themselves",
        "give the field 'a' a reference that leads elsewhere",
    ),
    "a default that is none of the type found": (
        "a: {references: pension_etfs.id, default: x}",
        "3:45 default of a: a whole number is wanted, not 'x'",
        None,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, load: Load) -> None:
    field, message, hint = REFUSED[case]
    loaded = load(f"domain: d\nfields:\n  {field}\n")
    with pytest.raises(ToolErrors) as caught:
        resolve_references(loaded, TABLES)
    (error,) = caught.value.errors
    assert error.at is not None
    assert f"{error.at.row}:{error.at.column} {error.message}" == message
    assert error.hint == hint


SOURCES = {
    "String(12)": {"type": "string", "length": 12},
    "sa.String(length=12)": {"type": "string", "length": 12},
    "String": {"type": "string"},
    "sqlalchemy.Integer()": {"type": "integer"},
    "BigInteger().with_variant(Integer, 'sqlite')": {"type": "bigint"},
    "postgresql.UUID(as_uuid=True)": {"type": "uuid"},
    "Numeric(precision=20, scale=6)": {"type": "decimal", "precision": 20, "scale": 6},
    "Numeric": None,
    "DateTime(timezone=True)": {"type": "datetime"},
    "int": {"type": "integer"},
    "str": {"type": "string"},
    "MyType": None,
    "": None,
    "not python(": None,
    "__import__('os').system('id')": None,
}


@pytest.mark.parametrize("source", SOURCES)
def test_types_are_read_from_their_source(source: str) -> None:
    assert field_keys_of(source) == SOURCES[source]
