"""The checks of a spec beyond its shape, all of them before anything is reported."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Checked:
    """A spec whose literals have their field's type, or the mistakes that are in it."""

    spec: DomainSpec
    errors: tuple[ToolError, ...]


def checked(spec: DomainSpec, places: Places) -> Checked:
    """Run every check; only a spec without mistakes gets typed literals."""
    errors = tuple(error for check in _CHECKS for error in check(spec, places))
    if errors:
        return Checked(spec, errors)
    return Checked(typed_conditions(typed_defaults(spec)), ())
