"""The base structure that every tracking table has, as the principles list it."""

from collections.abc import Mapping
from types import MappingProxyType

from trackwright_gen.spec.model import FieldSpec

STATUSES = ("PENDING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED")
ACTIVE = "status IN ('PENDING', 'PROCESSING')"

CORE_FIELDS: Mapping[str, FieldSpec] = MappingProxyType(
    {
        "id": FieldSpec(type="bigint", required=True),
        "status": FieldSpec(type="enum", values=STATUSES, required=True),
        "created_at": FieldSpec(type="datetime", required=True),
        "updated_at": FieldSpec(type="datetime", required=True),
        "started_at": FieldSpec(type="datetime"),
        "completed_at": FieldSpec(type="datetime"),
        "error_message": FieldSpec(type="text"),
        "attempts": FieldSpec(type="integer", required=True),
        "max_attempts": FieldSpec(type="integer", required=True),
        "celery_task_id": FieldSpec(type="string", length=255),
        "scheduled_at": FieldSpec(type="datetime"),
        "dispatch_at": FieldSpec(type="datetime"),
        "lease_until": FieldSpec(type="datetime"),
        "metadata": FieldSpec(type="json", required=True),
    }
)
"""The core columns as field specs, so that indexes and predicates may name them."""

CORE_ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {name: "task_metadata" if name == "metadata" else name for name in CORE_FIELDS}
)
"""Column -> attribute of the mixin; SQLAlchemy keeps `metadata` for itself."""
