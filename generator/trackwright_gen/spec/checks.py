"""The checks of a spec beyond its shape, all of them before anything is reported."""

from collections.abc import Callable, Iterable

from trackwright_gen.errors import ToolError
from trackwright_gen.spec.condition_checks import condition_errors, typed_conditions
from trackwright_gen.spec.default_checks import default_errors, typed_defaults
from trackwright_gen.spec.field_checks import field_errors
from trackwright_gen.spec.field_name_checks import field_name_errors
from trackwright_gen.spec.key_checks import key_errors
from trackwright_gen.spec.model import DomainSpec
from trackwright_gen.spec.places import Places
from trackwright_gen.spec.task_checks import task_errors
from trackwright_gen.spec.transition_checks import transition_errors

Check = Callable[[DomainSpec, Places], Iterable[ToolError]]
_CHECKS: tuple[Check, ...] = (
    field_name_errors,
    field_errors,
    default_errors,
    key_errors,
    condition_errors,
    task_errors,
    transition_errors,
)


def spec_errors(spec: DomainSpec, places: Places) -> tuple[ToolError, ...]:
    """Run every check."""
    return tuple(error for check in _CHECKS for error in check(spec, places))


def typed(spec: DomainSpec) -> DomainSpec:
    """A spec without mistakes with every literal in its field's Python type."""
    return typed_conditions(typed_defaults(spec))
