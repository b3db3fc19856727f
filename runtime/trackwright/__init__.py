"""Accountable background work: what a service imports in production.

`trackwright.jobs` has the Celery side (extra `celery`): tracked_task, TrackedTask, TaskRun.
"""

from typing import TYPE_CHECKING, Any

from trackwright.backoff import Backoff
from trackwright.crud import BaseTaskTrackingCRUD, SyncTaskTrackingCRUD
from trackwright.dependencies import (
    Flow,
    MissingPrerequisites,
    Progress,
    SeparateDatabases,
    Step,
    TaskRef,
    chain,
    group,
    step,
)
from trackwright.error_text import redact_errors
from trackwright.errors import (
    InvalidTransition,
    MetadataTooLarge,
    MissingExtra,
    SessionSettingsError,
    TrackingModelError,
    TrackingNotFound,
    TrackwrightError,
    UnknownStatus,
    WaitTimeout,
)
from trackwright.legacy import LegacyMapping
from trackwright.model import TaskTrackingMixin
from trackwright.retention import Retention
from trackwright.schemas import (
    TaskTrackingBase,
    TaskTrackingCreate,
    TaskTrackingFilter,
    TaskTrackingInDB,
    TaskTrackingUpdate,
)
from trackwright.service import BaseTaskTrackingService, SyncTaskTrackingService
from trackwright.status import TrackingStatus

if TYPE_CHECKING:
    from trackwright.jobs import TrackedTask, tracked_task

__all__ = [
    "Backoff",
    "BaseTaskTrackingCRUD",
    "BaseTaskTrackingService",
    "Flow",
    "InvalidTransition",
    "LegacyMapping",
    "MetadataTooLarge",
    "MissingExtra",
    "MissingPrerequisites",
    "Progress",
    "Retention",
    "SeparateDatabases",
    "SessionSettingsError",
    "Step",
    "SyncTaskTrackingCRUD",
    "SyncTaskTrackingService",
    "TaskRef",
    "TaskTrackingBase",
    "TaskTrackingCreate",
    "TaskTrackingFilter",
    "TaskTrackingInDB",
    "TaskTrackingMixin",
    "TaskTrackingUpdate",
    "TrackedTask",
    "TrackingModelError",
    "TrackingNotFound",
    "TrackingStatus",
    "TrackwrightError",
    "UnknownStatus",
    "WaitTimeout",
    "chain",
    "group",
    "redact_errors",
    "step",
    "tracked_task",
]


def __getattr__(name: str) -> Any:
    """Import the Celery side only when it is asked for, so that the base package needs no Celery."""
    if name in {"TrackedTask", "tracked_task"}:
        from trackwright import jobs

        return getattr(jobs, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
