"""Who waits for a row: as its metadata says it, and as the models of their tables."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from trackwright.dependencies.references import Link
from trackwright.dependencies.settling import links
from trackwright.model import TaskTrackingMixin, table_of

_AT_ONCE = 500
"""Rows in one statement: SQLite takes no more than some thousand parameters."""


def dependents_in(metadata: Any) -> list[Link]:
    """The rows that a row's metadata says wait for it, or did."""
    match metadata:
        case {"dependents": stored}:
            return links(stored)
        case _:
            return []


def rows_of(
    session: Session, model: type[TaskTrackingMixin], wanted: Sequence[Link]
) -> list[TaskTrackingMixin]:
    """The rows that links name, in the links' order, of all models that share the given one's base.

    Raises:
        LookupError: none of these models has a link's table.
    """
    models = {str(table_of(one).fullname): one for one in _relatives(model)}
    ids: dict[str, list[int]] = defaultdict(list)
    for link in wanted:
        ids[link.table].append(link.tracking_id)
    if unknown := sorted(ids.keys() - models.keys()):
        message = f"no model here has the table {', '.join(unknown)}: import the module that defines it."
        raise LookupError(message)
    found: dict[tuple[str, int], TaskTrackingMixin] = {}
    for table, numbers in ids.items():
        for start in range(0, len(numbers), _AT_ONCE):
            some = select(models[table]).where(models[table].id.in_(numbers[start : start + _AT_ONCE]))
            found |= {(table, row.id): row for row in session.scalars(some)}
    places = dict.fromkeys((link.table, link.tracking_id) for link in wanted)
    return [found[place] for place in places if place in found]


def _relatives(model: type[TaskTrackingMixin]) -> list[type[TaskTrackingMixin]]:
    mapped = [mapper.class_ for mapper in inspect(model).registry.mappers]
    return [one for one in mapped if issubclass(one, TaskTrackingMixin)]
