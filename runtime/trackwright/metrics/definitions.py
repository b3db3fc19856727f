"""Every metric in one place: backends, the dashboard and the alert rules are made from these definitions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class TaskEvent(StrEnum):
    """What happens to a tracked task's message; the label `event` of the counter."""

    STARTED = "started"
    """An attempt claimed its row."""
    SUCCEEDED = "succeeded"
    """The row became COMPLETED."""
    FAILED = "failed"
    """The row became FAILED: no attempt remains, or none was wanted."""
    RETRIED = "retried"
    """The attempt failed and the row waits for another one."""
    CANCELLED = "cancelled"
    """The row became CANCELLED while it ran."""
    SKIPPED = "skipped"
    """The message found nothing to do: a duplicate, or too early."""
    UNSENT = "unsent"
    """A message could not be published; the sweep sends it later."""
    LOST = "lost"
    """The attempt was ended from outside, or its claim had gone to another one."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its Prometheus name, what it says, and its labels in order."""

    name: str
    kind: Literal["counter", "histogram", "gauge"]
    help: str
    labels: tuple[str, ...]
    buckets: tuple[float, ...] = ()


_TASK = ("domain", "task")
_SHORT_TO_LONG = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400)

EVENTS = Metric(
    "trackwright_task_events_total", "counter", "What happened to tracked tasks.", (*_TASK, "event")
)
ERRORS = Metric(
    "trackwright_task_errors_total", "counter", "Errors of task bodies, by type.", (*_TASK, "error")
)
DURATION = Metric(
    "trackwright_task_duration_seconds",
    "histogram",
    "Seconds from the start of an attempt to its end.",
    _TASK,
    _SHORT_TO_LONG,
)
QUEUE_WAIT = Metric(
    "trackwright_task_queue_wait_seconds",
    "histogram",
    "Seconds from when a row was due to the start of its attempt.",
    _TASK,
    _SHORT_TO_LONG,
)
ROWS = Metric("trackwright_task_rows", "gauge", "Rows that wait or run, by status.", ("domain", "status"))
OLDEST_PENDING = Metric(
    "trackwright_oldest_pending_seconds",
    "gauge",
    "Seconds that the longest waiting row has been due; 0 when none waits.",
    ("domain",),
)
TABLE_READABLE = Metric(
    "trackwright_table_readable", "gauge", "1 when the domain's table could be read, else 0.", ("domain",)
)

METRICS = (EVENTS, ERRORS, DURATION, QUEUE_WAIT, ROWS, OLDEST_PENDING, TABLE_READABLE)
GAUGES = tuple(metric for metric in METRICS if metric.kind == "gauge")
