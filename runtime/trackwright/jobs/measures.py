"""What a tracked task counts by itself: each message's start, end, duration and wait."""

import time
from typing import Any

from trackwright.dispatch import Message
from trackwright.jobs.claims import Delivery
from trackwright.jobs.run import BaseRun, domain_name
from trackwright.metrics.definitions import DURATION, EVENTS, QUEUE_WAIT, TaskEvent
from trackwright.metrics.recording import count, observe, record_task_error
from trackwright.metrics.selection import current
from trackwright.model import TaskTrackingMixin


def count_unsent(message: Message) -> None:
    """Count a message of a tracked task that could not be published."""
    model: type[TaskTrackingMixin] | None = getattr(message.task, "model", None)
    domain = "" if model is None else domain_name(model)
    count(EVENTS, (domain, message.task.name, TaskEvent.UNSENT.value))


class Measures:
    """The metrics of one message. Nothing is read for them: the claim's own row says when it was due."""

    def __init__(self, model: type[TaskTrackingMixin], delivery: Delivery) -> None:
        self._labels = (domain_name(model), delivery.task)
        self._begun = 0.0

    def skipped(self) -> None:
        """The message had nothing to do."""
        count(EVENTS, (*self._labels, TaskEvent.SKIPPED.value))

    def started(self, run: BaseRun[Any, Any]) -> None:
        """An attempt claimed its row."""
        self._begun = time.perf_counter()
        if current() is None:
            return
        count(EVENTS, (*self._labels, TaskEvent.STARTED.value))
        wait = _queue_wait(run.tracking)
        if wait is not None:
            observe(QUEUE_WAIT, self._labels, wait)

    def ended(self, run: BaseRun[Any, Any]) -> None:
        """The attempt is over, as the run says."""
        observe(DURATION, self._labels, time.perf_counter() - self._begun)
        count(EVENTS, (*self._labels, run.ended_as.value))
        if run.error is not None:
            domain, task = self._labels
            record_task_error(task, run.error, domain=domain)


def _queue_wait(row: TaskTrackingMixin) -> float | None:
    """Seconds that the row was due before its claim; None where nothing in the row says since when.

    That is so after a lost attempt and after a retry by hand: what moved the row back left no moment in it.
    """
    trail = row.task_metadata.get("trail", [])
    if row.attempts > 1 and (row.scheduled_at is None or not trail or trail[-1]["outcome"] != "FAILED"):
        return None
    due = row.created_at if row.scheduled_at is None else max(row.created_at, row.scheduled_at)
    return 0.0 if row.started_at is None else max(0.0, (row.started_at - due).total_seconds())
