"""Example values for generated tests: each fits its column and the checks that name it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from trackwright_gen.spec.field_type import FieldUse
from trackwright_gen.spec.field_types import type_of
from trackwright_gen.spec.model import ConditionSpec, DomainSpec
from trackwright_gen.spec.type_source import Source

_TRIES = 200


def example(use: FieldUse, index: int, spec: DomainSpec) -> object:
    """A value that the table accepts; another one for each small index where the checks leave that many."""
    conditions = [check for check in spec.checks if check.field == use.name]
    if any(condition.is_ == "null" for condition in conditions):
        return None
    candidates = _candidates(use, index, conditions)
    fallback = type_of(use.spec.type).example(use, index)
    return next((value for value in candidates if all(_holds(value, one) for one in conditions)), fallback)


def example_source(use: FieldUse, index: int, spec: DomainSpec) -> Source:
    """The example as Python source."""
    value = example(use, index, spec)
    return Source("None") if value is None else type_of(use.spec.type).python_literal(value, use)


def _candidates(use: FieldUse, index: int, conditions: Sequence[ConditionSpec]) -> Iterator[object]:
    field_type = type_of(use.spec.type)
    yield field_type.example(use, index)
    for condition in conditions:
        yield from _around(condition.value, index)
    for later in range(1, _TRIES):
        yield field_type.example(use, index + later)


def _around(value: object, index: int) -> Iterator[object]:
    if isinstance(value, tuple):
        yield value[index % len(value)]
    elif isinstance(value, bool | str) or value is None:
        yield value
    elif isinstance(value, int | float | Decimal):
        yield from (value + index, value - index, value)
    elif isinstance(value, date):
        yield from (value + timedelta(days=index), value - timedelta(days=index), value)


def _holds(value: object, condition: ConditionSpec) -> bool:
    """Whether a value passes a condition; comparisons that Python cannot make count as failed."""
    wanted: object = condition.value
    match condition.op:
        case None:
            return condition.is_ == "not null"
        case "in":
            return isinstance(wanted, tuple) and value in wanted
        case "=":
            return value == wanted
        case "!=":
            return value != wanted
        case _:
            return _ordered(value, condition.op, wanted)


def _ordered(value: object, operator: str, wanted: object) -> bool:
    if isinstance(value, date) and isinstance(wanted, date):
        difference = float((value - wanted).days)
    elif isinstance(value, int | float | Decimal) and isinstance(wanted, int | float | Decimal):
        difference = float(Decimal(str(value)) - Decimal(str(wanted)))
    else:
        return False
    allowed = {"<": difference < 0, "<=": difference <= 0, ">": difference > 0, ">=": difference >= 0}
    return allowed[operator]
