"""The JSON Schema that editors get says what the loader says."""

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.spec.field_types import field_types
from trackwright_gen.spec.loader import parse_spec
from trackwright_gen.spec.nodes import value_of
from trackwright_gen.spec.scalars import Raw, ScalarText
from trackwright_gen.spec.schema import json_schema
from trackwright_gen.spec.skeleton import skeleton
from trackwright_gen.spec.source import SpecSource
from trackwright_gen.spec.yaml_reader import parse

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.yaml"))
VALIDATOR = Draft202012Validator(json_schema())


def as_an_editor_reads(raw: Raw) -> Any:
    """YAML 1.2's core schema, which the YAML language server uses."""
    if isinstance(raw, dict):
        return {key: as_an_editor_reads(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [as_an_editor_reads(item) for item in raw]
    return None if raw is None else scalar_as_an_editor_reads(raw)


def scalar_as_an_editor_reads(text: ScalarText) -> str | bool | float:
    if text.plain and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if text.plain and re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    if text.plain and re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    return str(text)


def editor_complains(text: str) -> list[str]:
    root = parse(SpecSource.of(Path("s.yaml"), text)).root
    return [error.message for error in VALIDATOR.iter_errors(as_an_editor_reads(value_of(root)))]


def loads(text: str) -> bool:
    try:
        parse_spec(SpecSource.of(Path("s.yaml"), text))
    except (ToolError, ToolErrors):
        return False
    return True


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_every_key_and_type_is_in_it() -> None:
    field = json_schema()["$defs"]["FieldSpec"]["properties"]
    assert field["type"]["enum"] == list(field_types())
    assert frozenset().union(*(known.keys for known in field_types().values())) <= field.keys()
    assert {"async", "name", "queue", "retry", "stale_after", "timeout"} == json_schema()["$defs"][
        "TaskSpec"
    ]["properties"].keys()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_please_the_editor(path: Path) -> None:
    assert editor_complains(path.read_text()) == []


def test_a_new_spec_pleases_editor_and_loader() -> None:
    text = skeleton(
        "d", ["a:decimal(20,6)!", "b:enum(x,no)", "c:references(t.id)", "e:array"], schema="x.json"
    )
    assert editor_complains(text) == []
    assert loads(text)


ACCEPTED = {
    "only a domain": "domain: d",
    "text that YAML 1.1 reads as something else": "domain: d\ndescription: no",
    "text that looks like a number": "domain: d\ndescription: 2024\ntask: {queue: 5}",
    "values that look like numbers": "domain: d\nfields: {a: {type: enum, values: [1, true, 1e3]}}",
    "a list of fields and a mapping as unique": (
        "domain: d\nfields: {a: {type: string}}\nunique: [[a], {fields: [a], while: active}]"
    ),
    "a reference without a type": "domain: d\nfields: {a: {references: t.id}}",
    "a default that is a mapping": "domain: d\nfields: {a: {type: json, default: {}}}",
    "an empty key where nothing is meant": "domain: d\nfields: {a: {type: string, comment: }}",
    "a condition with is": "domain: d\nfields: {a: {type: string}}\nchecks: [{name: c, field: a, is: 'not null'}]",
}
REFUSED = {
    "no domain": "description: x",
    "a domain too long": f"domain: {'d' * 38}",
    "a domain with capitals": "domain: D",
    "an unknown key": "domain: d\nfoo: 1",
    "an unknown key of a field": "domain: d\nfields: {a: {type: string, lenght: 3}}",
    "an unknown type": "domain: d\nfields: {a: {type: strng}}",
    "neither type nor reference": "domain: d\nfields: {a: {required: true}}",
    "a decimal without scale": "domain: d\nfields: {a: {type: decimal, precision: 3}}",
    "an enum without values": "domain: d\nfields: {a: {type: enum}}",
    "a key of another type": "domain: d\nfields: {a: {type: text, length: 3}}",
    "an array of decimals": "domain: d\nfields: {a: {type: array, items: decimal}}",
    "a base column": "domain: d\nfields: {status: {type: string}}",
    "a name pydantic keeps": "domain: d\nfields: {model_a: {type: string}}",
    "a field name in capitals": "domain: d\nfields: {aB: {type: string}}",
    "yes for true": "domain: d\nfields: {a: {type: string, required: yes}}",
    "a quoted flag": "domain: d\nfields: {a: {type: string, required: 'true'}}",
    "a quoted number": "domain: d\nfields: {a: {type: string, length: '3'}}",
    "a duration without its unit": "domain: d\ntask: {stale_after: 90}",
    "no attempts": "domain: d\ntask: {retry: {max_attempts: 0}}",
    "an unknown backoff": "domain: d\ntask: {retry: {backoff: linear}}",
    "a condition without op": "domain: d\nfields: {a: {type: string}}\nchecks: [{name: c, field: a}]",
    "a condition with op and is": (
        "domain: d\nfields: {a: {type: string}}\nchecks: [{name: c, field: a, op: '=', value: x, is: 'null'}]"
    ),
    "a check without a name": "domain: d\nfields: {a: {type: string}}\nchecks: [{field: a, is: 'null'}]",
    "an empty list of fields": "domain: d\nunique: [[]]",
    "fields without a value": "domain: d\nfields:",
    "a reference without a column": "domain: d\nfields: {a: {type: string, references: t}}",
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_both_accept(case: str) -> None:
    assert loads(ACCEPTED[case])
    assert editor_complains(ACCEPTED[case]) == []


@pytest.mark.parametrize("case", REFUSED)
def test_both_refuse(case: str) -> None:
    assert not loads(REFUSED[case])
    assert editor_complains(REFUSED[case])
