"""The base structure of every tracking table (principles 2.1-2.3, 3.1) as a mixin for any declarative base."""

import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, TypeVar

from sqlalchemy import CheckConstraint, Index, Table, event, inspect, text
from sqlalchemy.orm import Mapped, MappedAsDataclass, Mapper, declared_attr
from sqlalchemy.sql.elements import conv

from trackwright.core_columns import CORE_ATTRIBUTES, CORE_COLUMNS, MAX_ATTEMPTS, core_column
from trackwright.errors import TrackingModelError
from trackwright.legacy.mapping import LegacyMappings
from trackwright.status import check_condition

TABLE_NAME = re.compile(r"^(?P<domain>[a-z][a-z0-9_]{0,36})_task_tracking$")
ModelT = TypeVar("ModelT", bound="TaskTrackingMixin")


class TaskTrackingMixin:
    """Core columns, checks and indexes of a `{domain}_task_tracking` table.

    Put it before the declarative base: `class BaseTaskTracking(TaskTrackingMixin, Base): __abstract__ = True`.
    A model that renames the table, drops a core column or lacks one is refused when its class is made.
    """

    __max_attempts__: ClassVar[int] = MAX_ATTEMPTS
    """Default of max_attempts for rows of this domain."""

    __on_failure__: ClassVar[Literal["cancel", "run"]] = "cancel"
    """What rows of this domain do when a prerequisite of theirs failed for good or was cancelled."""

    __adopted__: ClassVar[str | None] = None
    """The name that the table had before it was adopted, under which old code still reads and writes it."""

    __legacy__: ClassVar[LegacyMappings] = ()
    """Where rows of this domain lie in tables of old (principles 9)."""

    id: Mapped[int] = core_column("id")
    status: Mapped[str] = core_column("status")
    created_at: Mapped[datetime] = core_column("created_at")
    updated_at: Mapped[datetime] = core_column("updated_at")
    started_at: Mapped[datetime | None] = core_column("started_at")
    completed_at: Mapped[datetime | None] = core_column("completed_at")
    error_message: Mapped[str | None] = core_column("error_message")
    attempts: Mapped[int] = core_column("attempts")

    @declared_attr
    def max_attempts(cls) -> Mapped[int]:  # noqa: N805 -- declared_attr hands the class
        """How many attempts the row has; the domain's own default."""
        column: Mapped[int] = core_column("max_attempts", default=cls.__max_attempts__)
        return column

    celery_task_id: Mapped[str | None] = core_column("celery_task_id")
    scheduled_at: Mapped[datetime | None] = core_column("scheduled_at")
    dispatch_at: Mapped[datetime | None] = core_column("dispatch_at")
    lease_until: Mapped[datetime | None] = core_column("lease_until")
    task_metadata: Mapped[dict[str, Any]] = core_column("task_metadata")

    def __init_subclass__(cls, **options: Any) -> None:
        if issubclass(cls, MappedAsDataclass):
            _become_fields(cls)
        super().__init_subclass__(**options)


def _become_fields(model: type[TaskTrackingMixin]) -> None:
    """Give a dataclass the core columns as fields of its own, which its constructor does not take.

    SQLAlchemy refuses fields that a plain mixin brings. A class below another one that has them needs only its
    own number of attempts.
    """
    below = any(
        "task_metadata" in vars(base) for base in model.__mro__[1:] if issubclass(base, MappedAsDataclass)
    )
    model.__annotations__ = dict(vars(model).get("__annotations__", {}))
    wanted = ("max_attempts",) if below else CORE_ATTRIBUTES
    for name in (name for name in wanted if name not in vars(model)):
        options = {"default": model.__max_attempts__} if name == "max_attempts" else {}
        setattr(model, name, core_column(name, init=False, **options))
        model.__annotations__[name] = TaskTrackingMixin.__annotations__.get(name, Mapped[int])


def new_row(model: type[ModelT], values: Mapping[str, Any]) -> ModelT:
    """An object with these values by attribute, also where the model is a dataclass."""
    core = CORE_ATTRIBUTES if is_dataclass(model) else ()
    row = model(**{name: value for name, value in values.items() if name not in core})
    for name in values.keys() & set(core):
        setattr(row, name, values[name])
    return row


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
