"""The Celery side: tracked tasks, what their bodies receive, how one attempt runs."""

try:
    import celery as _celery
except ModuleNotFoundError as missing:
    from trackwright.errors import MissingExtra

    if missing.name != "celery":
        raise
    raise MissingExtra("trackwright.jobs", package="celery", extra="celery") from missing

from trackwright.dispatch import publisher as _publisher
from trackwright.jobs import workers as _workers
from trackwright.jobs.body_session import CommitInBody
from trackwright.jobs.measures import count_unsent as _count_unsent
from trackwright.jobs.run import (
    AsyncTaskRun,
    ClaimLost,
    RetryRequested,
    TaskCancelled,
    TaskRun,
)
from trackwright.jobs.task import TrackedTask, tracked_task

__all__ = [
    "AsyncTaskRun",
    "ClaimLost",
    "CommitInBody",
    "RetryRequested",
    "TaskCancelled",
    "TaskRun",
    "TrackedTask",
    "tracked_task",
]

del _celery
_workers.connect()
_publisher.note_failure = _count_unsent
