"""No text whatsoever brings more than messages: a spec loads, or its mistakes are listed with places."""

from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.plan.table_of import table_of
from trackwright_gen.spec.loader import LoadedSpec, parse_spec
from trackwright_gen.spec.naming import Names
from trackwright_gen.spec.references import resolve_references
from trackwright_gen.spec.source import SpecSource

EXAMPLE = (Path(__file__).parents[2] / "docs" / "examples" / "etf_price_update.yaml").read_text()
KEY_WORDS = """
domain fields type length default unique checks indexes where field op value is name task retry base values items
precision scale references column while legacy adopt rename status table names class a b renamed_from allow_drop
timeout soft
"""
SCALAR_WORDS = """
d a b string enum decimal array json date integer 5 -1 0.5 90s null true no = in < active t.id PENDING é 2026-01-01
{} ' None mro
"""
KEYS = KEY_WORDS.split()
SCALARS = st.sampled_from([*SCALAR_WORDS.split(), "", "x" * 70])
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)
PIECES = st.text(st.sampled_from("{}[],:&*!|>'\"%@`#-? \n\tab1"), max_size=6)
SPECS = st.fixed_dictionaries(
    {
        "domain": st.just("d"),
        "fields": st.dictionaries(st.sampled_from(["a", "b", "type"]), TREES, max_size=3),
    },
    optional=dict.fromkeys(
        ("unique", "checks", "indexes", "task", "names", "legacy", "adopt", "allow_drop"), TREES
    ),
)


def load(text: str) -> LoadedSpec | None:
    """Load, and hold what a refusal promises."""
    try:
        return parse_spec(SpecSource.of(Path("s.yaml"), text))
    except (ToolError, ToolErrors) as error:
        raised: Exception = error
        for each in raised.errors if isinstance(raised, ToolErrors) else [raised]:
            assert isinstance(each, ToolError)
            assert each.message
            assert each.at is not None
            assert each.at.row >= 1
            assert each.at.column >= 1
        return None


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    load(text)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(EXAMPLE)),
    st.integers(0, 12),
    st.text(st.sampled_from("{}[],:&*!|>'\"%@`#-? \n\tab1"), max_size=6),
)
def test_an_example_with_a_piece_replaced(start: int, length: int, piece: str) -> None:
    load(EXAMPLE[:start] + piece + EXAMPLE[start + length :])


@settings(max_examples=300, deadline=None)
@given(SPECS | TREES)
def test_any_structure_and_what_loads_becomes_a_table(tree: object) -> None:
    loaded = load(yaml.safe_dump(tree, allow_unicode=True))
    if loaded is None:
        return
    try:
        spec = resolve_references(loaded, {"t": {"id": "Integer"}})
    except ToolErrors:
        return
    table = table_of(spec, Names.of(spec))
    names = [
        part.name
        for parts in (table.checks, table.indexes, table.uniques, table.foreign_keys)
        for part in parts
    ]
    assert len(set(names)) == len(names)
