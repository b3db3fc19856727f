"""run.progress: others see how far a body is while it works, and nothing waits for it."""

from typing import Any

import pytest
from sqlalchemy import create_engine, event, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from trackwright import SyncTaskTrackingService
from trackwright.jobs import AsyncTaskRun, TaskRun, TrackedTask
from trackwright.jobs.loop import process_loop
from trackwright.sqlite import configure_sqlite
from trackwright.testing import replaced

Service = SyncTaskTrackingService[Any]
Sessions = sessionmaker[Session]


@pytest.fixture
def always_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every report is written."""
    monkeypatch.setattr("trackwright.jobs.run.POLL_EVERY", 0)


def deliver(task: TrackedTask, tracking_id: int, body: Any, **changes: Any) -> str:
    """Run one attempt; how Celery says it ended."""
    with replaced(task, body=body, **changes):
        return str(task.apply(args=(tracking_id,)).state)


def seen(sessions: Sessions, model: Any, tracking_id: int) -> Any:
    """What another session sees of the report: attempt, done, total."""
    with sessions() as other:
        metadata = other.scalars(select(model.task_metadata).where(model.id == tracking_id)).one()
    report = metadata.get("reported")
    return report and (report["attempt"], report["done"], report["total"])


@pytest.mark.usefixtures("always_look")
def test_others_see_it_at_once_and_each_attempt_has_its_own(
    task: TrackedTask, tracking_id: int, service: Service, sessions: Sessions, model: Any
) -> None:
    looks: list[Any] = []

    def body(run: TaskRun[Any]) -> None:
        looks.append(seen(sessions, model, tracking_id))
        run.progress(run.attempt, 10)
        looks.append(seen(sessions, model, tracking_id))
        run.progress(7)
        looks.append(seen(sessions, model, tracking_id))
        if run.attempt == 1:
            run.retry(after=0)

    service.get_status(tracking_id).task_metadata = ["a caller's"]
    service.db.commit()
    assert deliver(task, tracking_id, body) == "RETRY"
    assert deliver(task, tracking_id, body) == "SUCCESS"
    assert looks == [None, (1, 1, 10), (1, 7, None), (1, 7, None), (2, 2, 10), (2, 7, None)]
    row = service.get_status(tracking_id)
    assert (row.status, row.task_metadata["value"]) == ("COMPLETED", ["a caller's"])


@pytest.mark.usefixtures("always_look")
def test_a_body_that_has_locked_its_row_shows_it_with_the_next_part(
    task: TrackedTask, tracking_id: int, sessions: Sessions, model: Any, database_url: str
) -> None:
    looks: list[Any] = []

    def body(run: TaskRun[Any]) -> None:
        run.session.get_one(run.model, tracking_id).etf_id = "CHANGED"
        run.session.flush()
        run.progress(3, 10)
        if run.database.dialect == "postgresql":  # on SQLite nobody can look meanwhile
            looks.append(seen(sessions, model, tracking_id))
        run.checkpoint(commit=True)
        looks.append(seen(sessions, model, tracking_id))

    assert deliver(task, tracking_id, body) == "SUCCESS"
    assert looks == [*[None] * database_url.startswith("postgresql"), (1, 3, 10)]


@pytest.mark.usefixtures("always_look")
def test_an_async_body(
    task: TrackedTask, tracking_id: int, sessions: Sessions, model: Any, database_url: str
) -> None:
    made = create_async_engine(database_url.replace("sqlite:", "sqlite+aiosqlite:"))
    configure_sqlite(made)
    looks: list[Any] = []

    async def body(run: AsyncTaskRun[Any]) -> None:
        await run.progress(3, 10)
        looks.append(seen(sessions, model, tracking_id))

    factory = async_sessionmaker(made, expire_on_commit=False)
    assert deliver(task, tracking_id, body, session_factory=factory) == "SUCCESS"
    assert looks == [(1, 3, 10)]
    process_loop().run(made.dispose())


def test_it_costs_a_statement_a_second_at_most(
    task: TrackedTask, tracking_id: int, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = create_engine(database_url)
    configure_sqlite(watched)
    statements: list[str] = []
    event.listen(watched, "before_cursor_execute", lambda *given: statements.append(given[2]))
    now = [0.0]
    monkeypatch.setattr("trackwright.jobs.run.time.monotonic", lambda: now[0])

    def body(run: TaskRun[Any]) -> None:
        for done in range(100):
            run.progress(done, 100)
            now[0] += 0.05
        for _ in range(2):
            now[0] += 5
            run.checkpoint()

    assert deliver(task, tracking_id, body, session_factory=sessionmaker(watched)) == "SUCCESS"
    # Four in five seconds, and the last one with the first checkpoint after it.
    assert sum("reported" in statement for statement in statements) == 5
    watched.dispose()


@pytest.mark.usefixtures("always_look")
def test_it_is_a_checkpoint(task: TrackedTask, tracking_id: int, service: Service) -> None:
    def body(run: TaskRun[Any]) -> None:
        service.cancel(tracking_id, "enough", commit=True)
        run.progress(1, 2)

    assert deliver(task, tracking_id, body) == "IGNORED"
    row = service.get_status(tracking_id)
    assert (row.status, row.task_metadata["reported"]["done"]) == ("CANCELLED", 1)


@pytest.mark.parametrize("given", [(-1, None), (1.5, None), (True, None), (1, -2), (2**63, None)])
def test_what_is_no_count_is_refused(
    task: TrackedTask, tracking_id: int, service: Service, given: tuple[Any, Any]
) -> None:
    deliver(task, tracking_id, lambda run: run.progress(*given))
    assert service.get_status(tracking_id).error_message.startswith("ValueError: run.progress(done=")
