"""The examples that the documentation shows load, and become the tables that they promise."""

from pathlib import Path

import pytest

from trackwright_gen.plan.table_of import table_of
from trackwright_gen.spec.loader import load_spec
from trackwright_gen.spec.naming import Names

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_becomes_its_table(path: Path) -> None:
    spec = load_spec(path)
    table = table_of(spec, Names.of(spec))
    assert table.name == f"{path.stem}_task_tracking"
    own = [column.name for column in table.columns if not column.core]
    assert own == list(spec.fields)


def test_both_domains_of_the_principles_are_there() -> None:
    assert [path.stem for path in EXAMPLES] == ["contribution_realization", "etf_price_update"]
