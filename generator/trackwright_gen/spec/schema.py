"""The JSON Schema of a spec for editors, made from the model and the field types so that it says what they say."""

import json
from typing import Any

from trackwright_gen.spec.core import CORE_ATTRIBUTES, CORE_FIELDS
from trackwright_gen.spec.field_types import field_types
from trackwright_gen.spec.model import NAME_PATTERN, DomainSpec

SCHEMA_FILE = ".trackwright/schema/domain.json"
"""Where a project keeps it, relative to its root."""
_REFUSED = sorted({*CORE_FIELDS, *CORE_ATTRIBUTES.values(), "registry"})


def json_schema() -> dict[str, Any]:
    """The schema as data."""
    schema = DomainSpec.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    fields = schema["properties"]["fields"]
    fields["propertyNames"] = {"not": {"anyOf": [{"enum": _REFUSED}, {"pattern": "^model_"}]}}
    fields["patternProperties"] = {NAME_PATTERN: {"$ref": "#/$defs/FieldSpec"}}
    fields["additionalProperties"] = False
    unique = schema["properties"]["unique"]
    unique["items"] = {"anyOf": [definitions["UniqueSpec"]["properties"]["fields"], unique["items"]]}
    _describe_types(definitions["FieldSpec"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "trackwright domain",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def schema_text() -> str:
    """The schema as the text of its file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _describe_types(field: dict[str, Any]) -> None:
    properties = field["properties"]
    types = field_types()
    items = [name for name, known in types.items() if known.array_item]
    summary = "; ".join(f"{name}: {known.summary}" for name, known in types.items())
    properties["type"] = {
        "enum": list(types),
        "description": f"{summary} Left out: the referenced column's type.",
    }
    properties["items"] = {"enum": items, "description": "The type of an array's items."}
    special = sorted(frozenset().union(*(known.keys for known in types.values())))
    field["anyOf"] = [{"required": ["type"]}, {"required": ["references"]}]
    field["allOf"] = [
        {
            "if": {"required": ["type"], "properties": {"type": {"const": name}}},
            "then": {
                "required": sorted(known.required_keys),
                "properties": {key: False for key in special if key not in known.keys},
            },
        }
        for name, known in types.items()
    ]
