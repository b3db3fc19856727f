"""Pure list statements over one model, newest first, with the status as a literal so that indexes serve."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Float, Select, literal, select, tuple_

from trackwright import query
from trackwright.clock import statement_clock
from trackwright.legacy import legacy_links
from trackwright.model import TaskTrackingMixin, domain_of, table_of
from trackwright.status import ACTIVE, TrackingStatus

ModelT = TypeVar("ModelT", bound=TaskTrackingMixin)


class Position(NamedTuple):
    """Where a row stands in a list, for those who page without holding the row."""

    created_at: datetime
    id: int


def page(
    model: type[ModelT],
    *,
    status: TrackingStatus | None = None,
    after: ModelT | Position | None = None,
    skip: int = 0,
    limit: int = 100,
) -> Select[Any]:
    """Rows newest first; `after` is the last row of the page before (keyset), cheaper than skip on large tables."""
    statement = select(model).order_by(model.created_at.desc(), model.id.desc()).offset(skip).limit(limit)
    if status is not None:
        statement = statement.where(query.has_status(model, status))
    if after is not None:
        statement = statement.where(tuple_(model.created_at, model.id) < (after.created_at, after.id))
    return statement


def active(model: type[ModelT]) -> Select[Any]:
    """Rows that are PENDING or PROCESSING, newest first."""
    return (
        select(model)
        .where(query.has_status(model, *ACTIVE))
        .order_by(model.created_at.desc(), model.id.desc())
    )


def by_celery_task_id(model: type[ModelT], celery_task_id: str) -> Select[Any]:
    """The row behind a Celery task id."""
    return select(model).where(model.celery_task_id == celery_task_id)


def stuck(model: type[ModelT], older_than: timedelta) -> Select[Any]:
    """PROCESSING rows that started longer ago than this, oldest first."""
    started_before = statement_clock(literal(-older_than.total_seconds(), Float()))
    return (
        select(model)
        .where(query.has_status(model, TrackingStatus.PROCESSING), model.started_at < started_before)
        .order_by(model.started_at)
    )


def by_legacy_id(model: type[ModelT], legacy_id: object, tables: Sequence[str]) -> Select[Any]:
    """The row that a row of one of these legacy tables became."""
    links = legacy_links(table_of(model).schema)
    return (
        select(model)
        .join(links, links.c.tracking_id == model.id)
        .where(
            links.c.source.in_(tables),
            links.c.domain == domain_of(model),
            links.c.source_id == str(legacy_id),
        )
    )
