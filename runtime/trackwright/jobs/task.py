"""tracked_task and TrackedTask: a Celery task whose every run is an attempt on a tracking row."""

import os
import uuid
import weakref
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from celery import Celery, Task

from trackwright.backoff import Backoff
from trackwright.dispatch import Message, introduce, send
from trackwright.errors import TrackingNotFound
from trackwright.jobs.claims import Delivery
from trackwright.jobs.database import AsyncDatabase, Database, database_of
from trackwright.jobs.execution import execute
from trackwright.jobs.policy import Policy
from trackwright.model import TaskTrackingMixin, domain_of, table_of
from trackwright.registry import Domain, register
from trackwright.retention import Retention
from trackwright.service import SyncTaskTrackingService

if TYPE_CHECKING:
    _Task = Task[Any, Any]
else:
    # Generic in its stubs, and only from Celery 5.5 on when it runs.
    _Task = Task


class TrackedTask(_Task):
    """Base class of tracked tasks: `@app.task(base=TrackedTask, model=..., session_factory=...)`.

    The body receives a run. The message carries the id of the tracking row, nothing else.
    """

    abstract = True
    Request = "trackwright.jobs.main_process:TrackedRequest"
    acks_late = True
    ignore_result = True

    model: ClassVar[type[TaskTrackingMixin]]
    session_factory: Any = None
    backoff: Backoff = Backoff()
    retry_on: tuple[type[Exception], ...] = (Exception,)
    give_up_on: tuple[type[Exception], ...] = ()
    on_cancel: Callable[[Any], Any] | None = None
    lease: float | None = None
    stale_after: float | None = None
    retention: Retention | None = None
    send_to: str | None = None
    """The queue of this task's messages. Not Celery's own attribute `queue`, which Celery 6 gives no effect."""

    def __call__(self, tracking_id: object) -> Any:
        """Run one attempt on the row with this id; whatever else a message carries names no row.

        Raises:
            TrackingNotFound: there is no such row.
        """
        if not isinstance(tracking_id, int):
            raise TrackingNotFound(table_of(self.model).name, tracking_id)
        return execute(
            self.policy,
            self.database,
            self.run,
            Delivery(
                tracking_id, str(self.name), self.request.id, claimant(self.request.hostname, os.getpid())
            ),
            hard_limit=self._hard_limit(),
            resend=lambda row, countdown: self.resend(self.request, row, countdown),
        )

    def delay(self, *args: Any, **fields: Any) -> Any:  # a tracked task's message is its row
        """Create a row from the fields, commit, send its message; gives the row's id.

        With one positional argument, the id of a row that exists, only send its message.
        """
        if args:
            return self.apply_async(args, fields)
        database = self.database
        if isinstance(database, AsyncDatabase):
            message = f"{self.name}: sessions are async; await BaseTaskTrackingService(db).enqueue(task, ...)"
            raise TypeError(message)
        with self.session_factory() as session:
            service = SyncTaskTrackingService(session, self.model)
            return service.enqueue(self, commit=True, **fields)

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Publish the message of a row: Celery's own, to the task's queue unless the caller names one."""
        if self.send_to is not None and not options.get("exchange"):
            options.setdefault("queue", self.send_to)
        return super().apply_async(*args, **options)

    @property
    def policy(self) -> Policy:
        """What the task was declared with."""
        return Policy(
            model=self.model,
            session_factory=self.session_factory,
            backoff=self.backoff,
            retry_on=self.retry_on,
            give_up_on=self.give_up_on,
            on_cancel=self.on_cancel,
            lease=self.lease,
        )

    @cached_property
    def database(self) -> Database:
        """The database behind the session factory, found when first needed."""
        return database_of(self.session_factory, self.model, keep_open=True)

    @cached_property
    def database_apart(self) -> Database:
        """The same over connections of its own, for who must not share those of bodies."""
        return self.database.apart()

    @classmethod
    def on_bound(cls, app: Celery) -> None:
        """Make the domain known to maintenance, once Celery has made the task."""
        super().on_bound(app)
        _apps.add(app)
        introduce(str(cls.name), lambda: app.tasks.get(cls.name))
        name = domain_of(cls.model)
        stale = {} if cls.stale_after is None else {str(cls.name): cls.stale_after}
        register(Domain(name, cls.model, cls.session_factory, retention=cls.retention, stale_tasks=stale))

    def resend(self, request: Any, tracking_id: int, countdown: float) -> None:
        """Publish another message like `request`, to the same queue, after some seconds."""
        if self.app.conf.task_always_eager:
            return  # it would run at once, inside this attempt, however long the countdown is
        like: dict[str, Any] = self.signature_from_request(request).options
        # An expiry is about the first start: a row that has been started goes on.
        options = {**like, "countdown": countdown, "expires": None}
        message_id = str(options.pop("task_id") or uuid.uuid4())
        send([Message(self, tracking_id, message_id, options)])

    def _hard_limit(self) -> float | None:
        limits = self.request.timelimit
        own = limits[0] if limits else None
        return own or self.time_limit or self.app.conf.task_time_limit


_apps: weakref.WeakSet[Celery] = weakref.WeakSet()


def declared_tasks() -> list[TrackedTask]:
    """All tracked tasks that this process has imported.

    Celery makes tasks when its app is first used; asking here makes them, and so registers their domains.
    """
    return [task for app in list(_apps) for task in app.tasks.values() if isinstance(task, TrackedTask)]


def claimant(hostname: str | None, process: int) -> str:
    """The name under which a process of a worker claims rows."""
    return f"{hostname or 'no worker'} {process}"


def tracked_task(
    app: Celery,
    model: type[TaskTrackingMixin],
    *,
    session_factory: Callable[[], Any],
    backoff: Backoff | None = None,
    retry_on: tuple[type[Exception], ...] = (Exception,),
    give_up_on: tuple[type[Exception], ...] = (),
    on_cancel: Callable[[Any], Any] | None = None,
    stale_after: float | None = None,
    retention: Retention | None = None,
    lease: float | None = None,
    queue: str | None = None,
    **options: Any,
) -> Callable[[Callable[[Any], Any]], TrackedTask]:
    """Make a tracked Celery task of a plain or an `async def` function that receives a run.

    Args:
        app: the Celery app.
        model: the domain's tracking model.
        session_factory: the project's sessionmaker or async_sessionmaker. An async body over AsyncSessions
            receives an AsyncTaskRun, every other body a TaskRun.
        backoff: how long to wait between attempts; exponential with jitter unless given.
        retry_on: errors that deserve another attempt, while the row's max_attempts is not used up.
        give_up_on: errors that end the task at once, whatever retry_on says.
        on_cancel: clean-up that runs when a running task was cancelled; receives the run.
        stale_after: seconds after its start at which the sweep cancels a running row of this task.
        retention: how long finished rows of the domain are kept; Retention() unless given.
        lease: seconds a claim holds without a heartbeat; the default suits most.
        queue: where the task's messages go; start workers with `--queues` that name it.
        options: any of Celery's own, such as soft_time_limit, time_limit, name.
    """

    def decorate(body: Callable[[Any], Any]) -> TrackedTask:
        own = _itself(app)
        _apps.add(own)
        make: Any = own.task  # Celery's stubs know no base class's own options
        task: TrackedTask = make(
            base=TrackedTask,
            model=model,
            session_factory=staticmethod(session_factory),
            backoff=backoff or Backoff(),
            retry_on=retry_on,
            give_up_on=give_up_on,
            on_cancel=staticmethod(on_cancel) if on_cancel else None,
            stale_after=stale_after,
            retention=retention,
            lease=lease,
            send_to=queue,
            # Celery would give the task to every other app of the process too, whatever database that one uses.
            **{"shared": False, **options},
        )(body)
        return task

    return decorate


def _itself(app: Celery) -> Celery:
    """The app behind `celery.current_app`, or behind another proxy: the one that its method is bound to."""
    own: Celery = getattr(app.task, "__self__", app)
    return own
