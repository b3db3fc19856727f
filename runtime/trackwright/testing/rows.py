"""Rows of any domain, read and changed from plain test code whatever sessions the project has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from trackwright.errors import TrackwrightError
from trackwright.jobs.database import database_of
from trackwright.model import TaskTrackingMixin, domain_of
from trackwright.service import SyncTaskTrackingService

ModelT = TypeVar("ModelT", bound=TaskTrackingMixin)
ResultT = TypeVar("ResultT")
Tracked = int | TaskTrackingMixin
"""A row, or its id where the tests have one domain only."""


class DatabaseHeld(TrackwrightError):
    """SQLite has one writer, and the test itself is it."""

    def __init__(self) -> None:
        super().__init__(
            "a session of this test has a transaction open, and SQLite has one writer: commit() or close() it "
            "before you ask the fixtures about rows"
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tests' rows are: sessions, and the models whose tables are there."""

    sessions: Callable[[], Any]
    models: Sequence[type[Any]]

    def in_service(
        self, model: type[ModelT], step: Callable[[SyncTaskTrackingService[ModelT]], ResultT]
    ) -> ResultT:
        """Do something with a domain's service in one committed transaction.

        Raises:
            DatabaseHeld: SQLite, and a session of the test itself has a transaction open.
        """

        def work(connection: Any) -> ResultT:
            with Session(connection, expire_on_commit=False) as session:
                result = step(SyncTaskTrackingService(session, model))
                session.flush()
                return result

        try:
            return database_of(self.sessions, model).transact(work)
        except OperationalError as error:
            if "database is locked" in str(error.orig):
                raise DatabaseHeld from error
            raise

    def key(self, tracked: Tracked, model: type[TaskTrackingMixin] | None) -> "Key":
        """Which row is meant.

        Raises:
            TypeError: an id alone, where several domains have rows.
        """
        if isinstance(tracked, TaskTrackingMixin):
            return Key(type(tracked), tracked.id)
        tracking = [one for one in self.models if issubclass(one, TaskTrackingMixin)]
        if model is None and len(tracking) == 1:
            model = tracking[0]
        if model is None:
            known = ", ".join(one.__name__ for one in tracking)
            message = f"row {tracked} of which domain? Give the row itself, or model= one of: {known}"
            raise TypeError(message)
        return Key(model, tracked)

    def read(self, key: "Key") -> Any:
        """The row as it is now, detached; TrackingNotFound when there is none."""
        return self.in_service(key.model, lambda service: service.get_status(key.tracking_id))


@dataclass(frozen=True, slots=True)
class Key:
    """One row of one domain."""

    model: type[TaskTrackingMixin]
    tracking_id: int

    def __str__(self) -> str:
        return f"{domain_of(self.model)} row {self.tracking_id}"


def circumstances(row: TaskTrackingMixin) -> str:
    """What a row says about itself, for messages of failed tests."""
    parts = [f"attempts {row.attempts} of {row.max_attempts}"]
    if row.scheduled_at is not None:
        parts.append(f"not before {row.scheduled_at.isoformat(timespec='seconds')}")
    if row.task_metadata.get("waiting_for"):
        parts.append(f"waits for {row.task_metadata['waiting_for']} prerequisites")
    parts.append(f"last error: {row.error_message}" if row.error_message else "no error")
    return "; ".join(parts)
