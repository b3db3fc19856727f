"""Columns of a hand-written table become fields, their defaults what the database makes of them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from trackwright_gen.location import Location
from trackwright_gen.plan.adopted_fields import field_keys
from trackwright_gen.project.written import WrittenColumn
from trackwright_gen.spec.sqltype import SqlType

TEXT = WrittenColumn(name="one", attribute="one", type=SqlType("Text"), at=Location(Path("m.py")))
INTEGER = replace(TEXT, type=SqlType("Integer"))
FLOAT = replace(TEXT, type=SqlType("Float"))
CASES = [
    pytest.param(replace(TEXT, type=SqlType("Numeric")), None, id="a number without limits is no decimal"),
    pytest.param(
        replace(TEXT, type=SqlType("Numeric", (9, 2)), server_default="'1.50'"),
        {"type": "decimal", "precision": 9, "scale": 2, "default": "1.50"},
        id="a decimal's default stays exact",
    ),
    pytest.param(
        replace(TEXT, type=SqlType("ARRAY", (SqlType("Integer"),))),
        {"type": "array", "items": "integer"},
        id="an array of integers",
    ),
    pytest.param(
        replace(TEXT, type=SqlType("ARRAY", (SqlType("INET"),))), None, id="an array of what no field is"
    ),
    pytest.param(replace(TEXT, comment="Why."), {"type": "text", "comment": "Why."}, id="a comment"),
    pytest.param(
        replace(TEXT, server_default="gen_random_uuid()"),
        {"type": "text", "default_sql": "gen_random_uuid()"},
        id="a call",
    ),
    pytest.param(
        replace(TEXT, server_default="CURRENT_USER"),
        {"type": "text", "default_sql": "CURRENT_USER"},
        id="a word of SQL is no text",
    ),
    pytest.param(replace(TEXT, server_default="'new'"), {"type": "text", "default": "new"}, id="a text"),
    pytest.param(replace(TEXT, server_default="NULL"), {"type": "text"}, id="nothing"),
    pytest.param(
        replace(INTEGER, server_default="'5'"), {"type": "integer", "default": 5}, id="a quoted integer"
    ),
    pytest.param(
        replace(INTEGER, server_default="1 + 1"), {"type": "integer", "default_sql": "1 + 1"}, id="a sum"
    ),
    pytest.param(replace(FLOAT, server_default="-1.5"), {"type": "float", "default": -1.5}, id="a fraction"),
    pytest.param(
        replace(TEXT, type=SqlType("Boolean"), server_default="true"),
        {"type": "boolean", "default": True},
        id="a flag",
    ),
]


@pytest.mark.parametrize(("column", "expected"), CASES)
def test_what_a_spec_says_of_a_column(column: WrittenColumn, expected: Mapping[str, object] | None) -> None:
    assert field_keys(column) == expected
