"""The base structure of every tracking table (principles 2.1-2.3, 3.1) as a mixin for any declarative base."""

import re
from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
    event,
    inspect,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Mapper, declared_attr, mapped_column
from sqlalchemy.sql.elements import conv

from trackwright.clock import CreationClock
from trackwright.column_types import UtcDateTime
from trackwright.errors import TrackingModelError
from trackwright.legacy.mapping import LegacyMappings
from trackwright.status import TrackingStatus, check_condition

TABLE_NAME = re.compile(r"^(?P<domain>[a-z][a-z0-9_]{0,36})_task_tracking$")
CORE_COLUMNS = (
    "id",
    "status",
    "created_at",
    "updated_at",
    "started_at",
    "completed_at",
    "error_message",
    "attempts",
    "max_attempts",
    "celery_task_id",
    "scheduled_at",
    "dispatch_at",
    "lease_until",
    "metadata",
)
_NOW = text("CURRENT_TIMESTAMP")


class TaskTrackingMixin:
    """Core columns, checks and indexes of a `{domain}_task_tracking` table.

    Put it before the declarative base: `class BaseTaskTracking(TaskTrackingMixin, Base): __abstract__ = True`.
    A model that renames the table, drops a core column or lacks one is refused when its class is made.
    """

    __max_attempts__: ClassVar[int] = 3
    """Default of max_attempts for rows of this domain."""

    __on_failure__: ClassVar[Literal["cancel", "run"]] = "cancel"
    """What rows of this domain do when a prerequisite of theirs failed for good or was cancelled."""

    __legacy__: ClassVar[LegacyMappings] = ()
    """Where rows of this domain lie in tables of old (principles 9)."""

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True, sort_order=-40
    )
    status: Mapped[str] = mapped_column(
        String(20),
        default=TrackingStatus.PENDING.value,
        server_default=TrackingStatus.PENDING.value,
        sort_order=-39,
    )
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime, insert_default=CreationClock(), server_default=_NOW, sort_order=-38
    )
    updated_at: Mapped[datetime] = mapped_column(
        UtcDateTime, insert_default=CreationClock(), server_default=_NOW, sort_order=-37
    )
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime, sort_order=-36)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, sort_order=-35)
    error_message: Mapped[str | None] = mapped_column(Text, sort_order=-34)
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0", sort_order=-33)

    @declared_attr
    def max_attempts(cls) -> Mapped[int]:  # noqa: N805 -- declared_attr hands the class
        """How many attempts the row has; the domain's own default."""
        return mapped_column(
            Integer, default=cls.__max_attempts__, server_default=str(cls.__max_attempts__), sort_order=-32
        )

    celery_task_id: Mapped[str | None] = mapped_column(String(255), sort_order=-31)
    scheduled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, sort_order=-30)
    dispatch_at: Mapped[datetime | None] = mapped_column(UtcDateTime, sort_order=-29)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, sort_order=-28)
    task_metadata: Mapped[dict[str, Any]] = mapped_column(
        "metadata",
        JSON().with_variant(JSONB(), "postgresql"),
        default=dict,
        server_default=text("'{}'"),
        sort_order=-27,
    )


def domain_of(model: type[TaskTrackingMixin]) -> str:
    """The domain whose rows a model's table holds."""
    table = table_of(model)
    match = TABLE_NAME.match(table.name)
    if match is None:
        raise TrackingModelError(model.__name__, [_name_problem(table.name)])
    return match["domain"]


def table_of(model: type[TaskTrackingMixin]) -> Any:
    """The Table of a mapped tracking model. Any, because Table is generic in SQLAlchemy 2.1 and not in 2.0."""
    return inspect(model).local_table


@event.listens_for(TaskTrackingMixin, "instrument_class", propagate=True)
def _complete_base_structure(mapper: Mapper[Any], model: type) -> None:
    """Add the core checks and indexes, whatever __table_args__ the model has of its own."""
    table: Any = mapper.local_table
    if getattr(table, "name", None) is None or mapper.inherits is not None:
        return
    match = TABLE_NAME.match(table.name)
    problems = [f"core column {name!r} is missing" for name in CORE_COLUMNS if name not in table.columns]
    if match is None:
        problems.append(_name_problem(table.name))
    if problems or match is None:
        table.metadata.remove(table)
        raise TrackingModelError(model.__name__, problems)
    _add_constraints(table, match["domain"])
    _add_indexes(table, match["domain"])


def _name_problem(name: str) -> str:
    return f"table name {name!r} is not '{{domain}}_task_tracking' with a domain of at most 37 characters"


def _add_constraints(table: Any, domain: str) -> None:
    conditions = {
        "status": check_condition(),
        "attempts": "attempts >= 0",
        "max_attempts": "max_attempts >= 1",
    }
    present = {constraint.name for constraint in table.constraints}
    for what, condition in conditions.items():
        name = f"ck_{domain}_task_{what}"
        if name not in present:
            table.append_constraint(CheckConstraint(condition, name=conv(name)))


def _add_indexes(table: Any, domain: str) -> None:
    column = table.columns
    waiting = text("status = 'PENDING' AND dispatch_at IS NOT NULL")
    running = text("status = 'PROCESSING'")
    present = {index.name for index in table.indexes}
    for what, columns, where in (
        ("status", (column.status,), None),
        ("dates", (column.created_at, column.completed_at), None),
        ("celery_task_id", (column.celery_task_id,), None),
        ("due", (column.dispatch_at,), waiting),
        ("running", (column.started_at,), running),
    ):
        name = f"idx_{domain}_task_{what}"
        if name not in present:
            Index(conv(name), *columns, postgresql_where=where, sqlite_where=where)


@event.listens_for(Table, "column_reflect")
def _reflect_sqlite_identity(inspector: Any, table: Any, column: Any) -> None:
    """Show a reader of a SQLite schema the identity that the model has.

    SQLite numbers its rows without one, so that Alembic, comparing, would find the identity missing for ever.
    """
    if column["name"] == "id" and inspector.dialect.name == "sqlite" and TABLE_NAME.match(table.name):
        column.setdefault("identity", {"always": False})
