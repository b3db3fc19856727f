"""What is known of a legacy task before its body is rewritten."""

from collections.abc import Mapping
from dataclasses import dataclass

from trackwright_gen.codemods.task.target import Target
from trackwright_gen.location import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names in a task's function, and how its values are meant.

    Attributes:
        function: the function's name: a call of its `apply_async` is a retry.
        self_name: the first parameter of a bound task.
        row_parameter: the parameter that is the legacy row's id.
        model_names: how the function writes the legacy model.
        factories: how it writes the project's session factory.
        counters: columns that count attempts.
        default_delay: Celery's wait before a retry without a countdown, in seconds.
        constants: expressions of status words that are no literals, with the word.
        own_session: whether the body keeps a session of its own.
    """

    function: str
    self_name: str | None
    row_parameter: str | None
    model_names: frozenset[str]
    factories: frozenset[str]
    counters: frozenset[str]
    default_delay: int
    constants: Mapping[str, str]
    target: Target
    location: Location
    own_session: bool = False
