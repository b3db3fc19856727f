"""Values that a field's checks refuse, for the generated tests that prove it."""

from collections.abc import Iterator
from decimal import Decimal

from trackwright_gen.spec.field_type import FieldUse
from trackwright_gen.spec.field_types import type_of
from trackwright_gen.spec.model import CheckSpec, DomainSpec

_STRICT = frozenset({">", "<", "!="})
_STEPS = {">=": -1, "<=": 1}


def violation(use: FieldUse, spec: DomainSpec) -> str | None:
    """A value as Python source that the field's type takes and one of its checks does not; None: none is known."""
    checks = [check for check in spec.checks if check.field == use.name]
    value = next(iter(_refused(checks, use)), None)
    return None if value is None else type_of(use.spec.type).python_literal(value, use).text


def _refused(checks: list[CheckSpec], use: FieldUse) -> Iterator[object]:
    for check in checks:
        if check.op in _STRICT:
            yield check.value
        elif check.op in _STEPS and isinstance(check.value, int | Decimal):
            step = Decimal(_STEPS[check.op]).scaleb(-(use.spec.scale or 0))
            yield check.value + (int(step) if isinstance(check.value, int) else step)
