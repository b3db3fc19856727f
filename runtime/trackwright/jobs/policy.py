"""What a tracked task was declared with, and which errors deserve another attempt."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from billiard.exceptions import WorkerLostError
from sqlalchemy.exc import DBAPIError

from trackwright.backoff import Backoff
from trackwright.jobs.run import RetryRequested
from trackwright.model import TaskTrackingMixin

LEASE = 90.0
"""Seconds a claim holds without a heartbeat."""
LEASE_WITHOUT_HEARTBEAT = 900.0
"""The same on SQLite, where nothing renews it, for tasks without a hard time limit."""
_MARGIN = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings of one tracked task."""

    model: type[TaskTrackingMixin]
    session_factory: Callable[[], Any]
    backoff: Backoff
    retry_on: tuple[type[Exception], ...]
    give_up_on: tuple[type[Exception], ...]
    on_cancel: Callable[[Any], Any] | None
    lease: float | None = None

    def is_retryable(self, error: Exception) -> bool:
        """Whether an error deserves another attempt; give_up_on wins over retry_on.

        A process that is gone, or a database connection that broke, is no error of the body that retry_on would have
        to name: only give_up_on speaks of it.
        """
        if isinstance(error, RetryRequested):
            return True
        wanted = isinstance(error, (*self.retry_on, WorkerLostError)) or _broke(error)
        return wanted and not isinstance(error, self.give_up_on)

    def delay(self, error: Exception, attempt: int) -> float:
        """Seconds until the next attempt."""
        return error.after if isinstance(error, RetryRequested) else self.backoff.delay(attempt)

    def lease_seconds(self, dialect: str, hard_limit: float | None) -> float:
        """How long a claim holds: short where a heartbeat renews it, else as long as the task may run."""
        if self.lease is not None:
            return self.lease
        if dialect != "sqlite":
            return LEASE
        return LEASE_WITHOUT_HEARTBEAT if hard_limit is None else hard_limit + _MARGIN


def _broke(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated
