"""Running tracked tasks in the test's own process, message by message."""

import contextlib
import datetime as dt
from collections.abc import Callable, Generator
from typing import Any

from sqlalchemy import update

from trackwright.dispatch import Message
from trackwright.jobs import TrackedTask
from trackwright.model import TaskTrackingMixin
from trackwright.testing.messages import published_by, replaced
from trackwright.testing.rows import Place, Tracked


class EagerTasks:
    """What is sent after a commit runs at once, in this process; messages for later wait in `waiting`.

    It is Celery's eager mode with the tracking row in charge: a claim, one attempt, the row's end.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self.waiting: list[Message] = []
        """Messages with a countdown: the next attempt of a row whose attempt failed."""

    @contextlib.contextmanager
    def active(self) -> Generator["EagerTasks"]:
        """Take over from the broker for a while."""
        with published_by(self._publish):
            yield self

    def deliver(
        self,
        task: TrackedTask,
        tracked: Tracked,
        *,
        body: Callable[[Any], Any] | None = None,
        on_cancel: Callable[[Any], Any] | None = None,
    ) -> str:
        """Deliver one message of a row to its task, with another body or clean-up where they are given.

        Returns:
            How Celery sees it end: SUCCESS, RETRY, FAILURE, or IGNORED where there was nothing to do, the row was
            cancelled, or the attempt lost its claim. From inside an `async def` body call it by asyncio.to_thread.
        """
        tracking_id = self._place.key(tracked, task.model).tracking_id
        changes: dict[str, Any] = {"body": body, "on_cancel": on_cancel}
        with replaced(task, session_factory=self._place.sessions, **changes):
            return _apply(task, tracking_id)

    def lose_claim(self, tracked: Tracked, *, model: type[TaskTrackingMixin] | None = None) -> None:
        """Let the claim of a running row run out, as if its worker had died some time ago."""
        key = self._place.key(tracked, model)
        over = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
        lost = update(key.model).where(key.model.id == key.tracking_id).values(lease_until=over)
        self._place.in_service(key.model, lambda service: service.db.execute(lost))

    def _publish(self, message: Message) -> None:
        if message.options.get("countdown") or not isinstance(message.task, TrackedTask):
            self.waiting.append(message)
        else:
            _apply(message.task, message.tracking_id, task_id=message.celery_task_id)


def _apply(task: TrackedTask, tracking_id: int, **options: Any) -> str:
    return str(task.apply(args=(tracking_id,), throw=False, **options).state)
