"""What the service logs: who asks for what, and why (principles 7, Task Cancellation)."""

import logging
from typing import Any

from sqlalchemy import Row

from trackwright.model import TaskTrackingMixin, domain_of

logger = logging.getLogger("trackwright.service")


def log_cancel(model: type[TaskTrackingMixin], row: Row[Any], reason: str, by: str | None) -> None:
    """Say who asked for a row to be cancelled, why, and what came of it."""
    domain = domain_of(model)
    about = {"celery_task_id": row.celery_task_id, "attempt": row.attempts}
    logger.info(
        "cancel of %s %s asked by %s: %s; it is %s now",
        *(domain, row.id, by or "nobody named", reason, row.status),
        extra={"domain": domain, "tracking_id": row.id, **about},
    )
