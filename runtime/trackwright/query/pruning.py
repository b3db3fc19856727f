"""Statements that delete finished rows by age, in batches, safe from many places at once.

created_at comes first in every condition and in the order, so that `idx_{domain}_task_dates` serves: no row has
ended before it was made. The moments are parameters and not the database's clock, which is volatile and hides
a condition from every index.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    and_,
    delete,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.dml import ReturningDelete
from sqlalchemy.sql.functions import FunctionElement

from trackwright.column_types import UtcDateTime
from trackwright.model import table_of
from trackwright.query.basis import Model, columns_of, parameter, parameters, per_model
from trackwright.status import TrackingStatus

PRUNED = (TrackingStatus.COMPLETED, TrackingStatus.CANCELLED, TrackingStatus.FAILED)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class RowAddress(FunctionElement[Any]):
    """Where a row lies: deleting by it takes a third of the time that deleting by key takes."""

    inherit_cache = True
    name = "row_address"


class AtAddresses(FunctionElement[bool]):
    """Whether a row lies at one of the addresses that a subquery gives."""

    type = Boolean()
    inherit_cache = True
    name = "at_addresses"


@compiles(RowAddress)
def _postgresql_address(_element: RowAddress, _compiler: Any, **_options: Any) -> str:
    return "ctid"


@compiles(RowAddress, "sqlite")
def _sqlite_address(_element: RowAddress, _compiler: Any, **_options: Any) -> str:
    return "rowid"


@compiles(AtAddresses)
def _postgresql_at(element: AtAddresses, compiler: Any, **options: Any) -> str:
    # An array, because a join on the addresses could become a scan of the whole table.
    (addresses,) = element.clauses
    return f"ctid = ANY (ARRAY{compiler.process(addresses, **options)})"


@compiles(AtAddresses, "sqlite")
def _sqlite_at(element: AtAddresses, compiler: Any, **options: Any) -> str:
    (addresses,) = element.clauses
    return f"rowid IN {compiler.process(addresses, **options)}"


@per_model
def prune(model: Model) -> ReturningDelete[Any]:
    """Delete one batch, oldest first. Parameters: `prune_parameters` and batch. Returns created_at."""
    old = table_of(model).alias("old")
    batch = (
        select(RowAddress())
        .select_from(old)
        .where(_is_past(old.c))
        .order_by(old.c.created_at)
        .limit(parameter("batch", Integer()))
        .with_for_update(skip_locked=True)
    )
    return (
        delete(table_of(model))
        # An address is unique within a partition only: the condition again keeps other partitions' active rows.
        .where(AtAddresses(batch.scalar_subquery()), _is_past(columns_of(model)))
        .returning(columns_of(model).created_at)
    )


@per_model
def prunable(model: Model) -> Select[Any]:
    """How many rows `prune` would delete in all. Parameters: `prune_parameters`."""
    table = table_of(model)
    return select(func.count()).select_from(table).where(_is_past(table.c))


@per_model
def past_retention(model: Model) -> Select[Any]:
    """Rows that `prune` would delete. Parameters: `prune_parameters`."""
    table = table_of(model)
    return select(table.c.id).where(_is_past(table.c))


def prune_parameters(
    cutoffs: Mapping[TrackingStatus, datetime | None], after: datetime = BEGINNING
) -> dict[str, Any]:
    """The values of both statements: per status the moment it must have ended before, None: it stays."""
    latest = max((moment for moment in cutoffs.values() if moment is not None), default=after)
    ended = {f"{status.value.lower()}_before": cutoffs.get(status) for status in PRUNED}
    return parameters(made_after=after, made_before=latest, **ended)


def _is_past(columns: Any) -> ColumnElement[bool]:
    # Imported rows may have no completed_at.
    ended = func.coalesce(columns.completed_at, columns.updated_at)
    by_status = [
        and_(
            columns.status == literal_column(f"'{status.value}'"),
            ended < parameter(f"{status.value.lower()}_before", UtcDateTime()),
        )
        for status in PRUNED
    ]
    return and_(
        columns.created_at >= parameter("made_after", UtcDateTime()),
        columns.created_at < parameter("made_before", UtcDateTime()),
        or_(*by_status),
    )
