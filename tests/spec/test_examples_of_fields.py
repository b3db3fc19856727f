"""Example values pass the checks of their spec, so that generated tests do."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from trackwright_gen.plan.table_of import field_uses
from trackwright_gen.spec.examples import example
from trackwright_gen.spec.loader import LoadedSpec
from trackwright_gen.spec.naming import Names

CASES: dict[str, tuple[str, str, Iterable[object] | None]] = {
    "above a number": ("n: {type: integer}", "{name: c, field: n, op: '>', value: 1000}", range(1001, 1006)),
    "below zero": (
        "n: {type: decimal, precision: 9, scale: 2}",
        "{name: c, field: n, op: '<', value: 0}",
        None,
    ),
    "after a day": ("n: {type: date}", "{name: c, field: n, op: '>=', value: 2030-01-01}", None),
    "one of a few": (
        "n: {type: string}",
        "{name: c, field: n, op: in, value: [a, b]}",
        ["b", "a", "b", "a", "b"],
    ),
    "not the first": (
        "n: {type: enum, values: [x, y]}",
        "{name: c, field: n, op: '!=', value: x}",
        ["y"] * 5,
    ),
    "exactly": ("n: {type: boolean}", "{name: c, field: n, op: '=', value: false}", [False] * 5),
}


@pytest.mark.parametrize("case", CASES)
def test_examples_pass_the_checks(case: str, load: Callable[[str], LoadedSpec]) -> None:
    field, check, expected = CASES[case]
    spec = load(f"domain: d\nfields:\n  {field}\nchecks: [{check}]\n").spec
    (use,) = field_uses(spec, Names.of(spec))
    found = [example(use, index, spec) for index in range(1, 6)]
    if expected is not None:
        assert found == list(expected)
    else:
        assert len(set(found)) == 5
        limit = spec.checks[0].value
        values: list[Any] = found
        assert all(value < limit if spec.checks[0].op == "<" else value >= limit for value in values)


def test_short_texts_differ_and_fit(load: Callable[[str], LoadedSpec]) -> None:
    spec = load("domain: d\nfields: {currency: {type: string, length: 3}}\n").spec
    (use,) = field_uses(spec, Names.of(spec))
    found = [str(example(use, index, spec)) for index in range(1, 50)]
    assert len(set(found)) == 49
    assert {len(value) for value in found} == {3}
