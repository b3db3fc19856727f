"""Every module of spec/fields is a whole field type, found without being listed anywhere."""

from pathlib import Path

import pytest

from trackwright_gen.spec import fields
from trackwright_gen.spec.field_type import LiteralMistakeError
from trackwright_gen.spec.field_types import field_types
from trackwright_gen.spec.model import FieldSpec


def test_each_module_is_found_under_its_own_name() -> None:
    modules = {path.stem for path in Path(fields.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(field_types()) == modules


@pytest.mark.parametrize("name", list(field_types()))
def test_its_keys_are_keys_of_a_field(name: str) -> None:
    found = field_types()[name]
    assert found.required_keys <= found.keys <= FieldSpec.model_fields.keys()
    assert found.summary.endswith(".")


@pytest.mark.parametrize("name", ["array", "bytes", "datetime", "interval"])
def test_types_without_a_literal_can_be_compared_by_nothing(name: str) -> None:
    found = field_types()[name]
    assert not found.operators
    with pytest.raises(LiteralMistakeError):
        found.sql_literal(b"")
    with pytest.raises(LiteralMistakeError):
        found.parse([], FieldSpec(type=name, items="string"))
