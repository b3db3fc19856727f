"""The core columns of every tracking table (principles 2.3), built anew for each class that maps them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, BigInteger, Identity, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

from trackwright.clock import CreationClock
from trackwright.column_types import UtcDateTime
from trackwright.status import TrackingStatus

MAX_ATTEMPTS = 3
_NOW = text("CURRENT_TIMESTAMP")
_CREATED: dict[str, Any] = {"insert_default": CreationClock(), "server_default": _NOW}


def _column(*arguments: Any, **options: Any) -> Callable[..., Any]:
    def build(**more: Any) -> Any:
        return mapped_column(*arguments, **options, **more)

    return build


def _max_attempts(default: int = MAX_ATTEMPTS, **more: Any) -> Any:
    return mapped_column(Integer, insert_default=default, server_default=str(default), **more)


_BUILDERS: dict[str, Callable[..., Any]] = {
    "id": _column(BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    "status": _column(
        String(20), insert_default=TrackingStatus.PENDING.value, server_default=TrackingStatus.PENDING.value
    ),
    "created_at": _column(UtcDateTime, **_CREATED),
    "updated_at": _column(UtcDateTime, **_CREATED),
    "started_at": _column(UtcDateTime),
    "completed_at": _column(UtcDateTime),
    "error_message": _column(Text),
    "attempts": _column(Integer, insert_default=0, server_default="0"),
    "max_attempts": _max_attempts,
    "celery_task_id": _column(String(255)),
    "scheduled_at": _column(UtcDateTime),
    "dispatch_at": _column(UtcDateTime),
    "lease_until": _column(UtcDateTime),
    "task_metadata": _column(
        "metadata",
        JSON().with_variant(JSONB(), "postgresql"),
        insert_default=dict,
        server_default=text("'{}'"),
    ),
}
CORE_ATTRIBUTES = tuple(_BUILDERS)
CORE_COLUMNS = (*CORE_ATTRIBUTES[:-1], "metadata")


def core_column(name: str, **options: Any) -> Any:
    """A new mapped column for a core attribute, placed before a domain's own.

    Options are SQLAlchemy's for mapped_column; `default` is for max_attempts alone.
    """
    return _BUILDERS[name](sort_order=CORE_ATTRIBUTES.index(name) - 40, **options)
