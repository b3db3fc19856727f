"""The part of a tracking table that every domain has; the runtime's mixin is built to the same list."""

from dataclasses import dataclass

from trackwright_gen.plan.table import Check, Column, Index
from trackwright_gen.spec.core import CORE_ATTRIBUTES, CORE_FIELDS, STATUSES
from trackwright_gen.spec.field_types import type_of
from trackwright_gen.spec.sql import text_literal
from trackwright_gen.spec.sqltype import SqlType

_BIGINT = SqlType("BigInteger", variants=(("sqlite", SqlType("Integer")),))
_JSON = SqlType("JSON", variants=(("postgresql", SqlType("JSONB", module="sqlalchemy.dialects.postgresql")),))
_OTHER_TYPES = {"id": _BIGINT, "metadata": _JSON}


@dataclass(frozen=True, slots=True)
class _Default:
    server: str
    client: object = None


def core_columns(max_attempts: int) -> tuple[Column, ...]:
    """The core columns, in the order in which they are created."""
    now = _Default("CURRENT_TIMESTAMP")
    defaults = {
        "status": _Default("'PENDING'", "PENDING"),
        "created_at": now,
        "updated_at": now,
        "attempts": _Default("0", 0),
        "max_attempts": _Default(str(max_attempts), max_attempts),
        "metadata": _Default("'{}'", {}),
    }
    return tuple(_core_column(name, defaults.get(name)) for name in CORE_FIELDS)


def _core_column(name: str, default: _Default | None) -> Column:
    field = CORE_FIELDS[name]
    return Column(
        name=name,
        attribute=CORE_ATTRIBUTES[name],
        type=_OTHER_TYPES.get(name) or type_of(field.type).sql_type(field),
        nullable=not field.required,
        default=default.client if default else None,
        server_default=default.server if default else None,
        identity=name == "id",
        primary_key=name == "id",
        core=True,
    )


def core_checks(domain: str) -> tuple[Check, ...]:
    """The core constraints."""
    statuses = ", ".join(text_literal(status) for status in STATUSES)
    conditions = {
        "status": f"status IN ({statuses})",
        "attempts": "attempts >= 0",
        "max_attempts": "max_attempts >= 1",
    }
    return tuple(
        Check(name=f"ck_{domain}_task_{name}", condition=condition, core=True)
        for name, condition in conditions.items()
    )


def core_indexes(domain: str) -> tuple[Index, ...]:
    """The indexes of the principles and of the sweep."""
    parts: tuple[tuple[str, tuple[str, ...], str | None], ...] = (
        ("status", ("status",), None),
        ("dates", ("created_at", "completed_at"), None),
        ("celery_task_id", ("celery_task_id",), None),
        ("due", ("dispatch_at",), "status = 'PENDING' AND dispatch_at IS NOT NULL"),
        ("running", ("started_at",), "status = 'PROCESSING'"),
    )
    return tuple(
        Index(name=f"idx_{domain}_task_{name}", columns=columns, where=where, core=True)
        for name, columns, where in parts
    )
