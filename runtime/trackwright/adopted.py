"""Tables that were adopted: Alembic must not make their old names anew, which are views now (on SQLite mirrors)."""

from collections.abc import Iterator
from typing import Any

from trackwright.model import TaskTrackingMixin


def include_object(
    object: Any,  # noqa: A002, ARG001 -- Alembic's signature
    name: str | None,
    type_: str,
    reflected: bool,  # noqa: ARG001 -- Alembic's signature
    compare_to: Any,  # noqa: ARG001 -- Alembic's signature
) -> bool:
    """Say whether Alembic shall compare something; for `context.configure(include_object=...)` in env.py.

    The old model class stays mapped for the code that still uses it, and would otherwise be a table to create.
    """
    return type_ != "table" or name not in set(_old_names(TaskTrackingMixin))


def _old_names(model: type[Any]) -> Iterator[str]:
    for each in model.__subclasses__():
        if (own := vars(each).get("__adopted__")) is not None:
            yield own
        yield from _old_names(each)
