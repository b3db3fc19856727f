"""Running a body, plain or async, so that its writes and a final status commit together or not at all."""

import asyncio
import contextlib
import inspect
from collections.abc import Callable
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import greenlet_spawn

from trackwright.dependencies import ended, settle_in
from trackwright.jobs.body_session import release
from trackwright.jobs.database import AsyncDatabase, Database
from trackwright.jobs.endings import Ending, end
from trackwright.jobs.heartbeat import process_heartbeat
from trackwright.jobs.loop import process_loop
from trackwright.jobs.patience import is_away
from trackwright.jobs.policy import Policy
from trackwright.jobs.run import AsyncTaskRun, BaseRun, ClaimLost, TaskRun, commit_fenced

Body = Callable[[Any], Any]


class AnswerLost(Exception):
    """The connection broke while the body's end was written: the row has that end, or it has not.

    `wrote`: the body's own writes were in the same transaction.
    """

    def __init__(self, *, wrote: bool) -> None:
        super().__init__("no answer to a commit")
        self.wrote = wrote


def make_run(
    policy: Policy, row: Row[Any], database: Database, body: Body, lease: float
) -> BaseRun[Any, Any]:
    """The run for a body: AsyncTaskRun for an async body over AsyncSessions, else TaskRun."""
    factory = policy.session_factory
    if isinstance(database, AsyncDatabase):
        if inspect.iscoroutinefunction(body):
            return AsyncTaskRun(policy.model, row, database=database, session_factory=factory, lease=lease)
        return TaskRun(policy.model, row, database=database, session_factory=_sync_view(factory), lease=lease)
    return TaskRun(policy.model, row, database=database, session_factory=factory, lease=lease)


def _sync_view(factory: Callable[[], AsyncSession]) -> Callable[[], Session]:
    return lambda: factory().sync_session


def perform(run: BaseRun[Any, Any], body: Body, ending: Ending) -> Any:
    """Run a body and commit what it wrote together with the ending; give what it returned.

    Raises:
        ClaimLost: the ending found the row with another attempt; the body's writes are rolled back.
        AnswerLost: whether they were committed is not known.
        BaseException: whatever the body raised; its writes are rolled back.
    """
    is_async = inspect.iscoroutinefunction(body)
    if not is_async and not isinstance(run.database, AsyncDatabase):
        return _perform_plain(run, body, ending)
    if not is_async:
        return process_loop().run(greenlet_spawn(_perform_plain, run, body, ending))
    return process_loop().run(_perform_async(run, body, ending))


def _perform_plain(run: BaseRun[Any, Any], body: Body, ending: Ending) -> Any:
    with _heartbeat(run, interrupt=_nothing):
        try:
            run.result = body(run)
            _commit(run, ending)
        finally:
            _close(run)
    return run.result


async def _perform_async(run: BaseRun[Any, Any], body: Body, ending: Ending) -> Any:
    with _heartbeat(run, interrupt=_canceller()):
        try:
            run.result = await body(run)
            await greenlet_spawn(_commit, run, ending)
        except asyncio.CancelledError:
            run.raise_if_over()
            raise
        finally:
            await greenlet_spawn(_close, run)
    return run.result


def _commit(run: BaseRun[Any, Any], ending: Ending) -> None:
    session = _sync_session(run)
    wrote = session is not None and (session.in_transaction() or _has_changes(session))
    run.in_doubt = True
    try:
        row = _write(run, ending, session if wrote else None)
    except Exception as error:
        if is_away(error):
            raise AnswerLost(wrote=wrote) from error
        raise
    run.in_doubt = False
    if row is None:
        raise ClaimLost


def _write(run: BaseRun[Any, Any], ending: Ending, session: Session | None) -> Row[Any] | None:
    if session is None:
        return end(run.database, run.model, ending, run.key)
    fence = ending.statement, run.key
    return commit_fenced(run, session, fence, lambda row: _settle(run, session, ending, row))


def _settle(run: BaseRun[Any, Any], session: Session, ending: Ending, row: Row[Any]) -> None:
    settle_in(session, run.model, ended(run.model, row, ending.status))


def _close(run: BaseRun[Any, Any]) -> None:
    session = _sync_session(run)
    run.opened = None
    if session is not None:
        release(session)


def _sync_session(run: BaseRun[Any, Any]) -> Session | None:
    opened = run.opened
    return opened.sync_session if isinstance(opened, AsyncSession) else opened


def _has_changes(session: Session) -> bool:
    return bool(session.new or session.dirty or session.deleted)


def _nothing() -> None:
    return None


def _canceller() -> Callable[[], None]:
    """What another thread calls to cancel the asyncio task that runs now."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def cancel() -> None:
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)

    return cancel


@contextlib.contextmanager
def _heartbeat(run: BaseRun[Any, Any], *, interrupt: Callable[[], None]) -> Any:
    # SQLite has one writer: a beat would wait for the body's own transaction. Its lease is long instead.
    if run.database.dialect == "sqlite":
        yield
        return
    process_heartbeat().watch(run, interrupt)
    try:
        yield
    finally:
        process_heartbeat().forget(run)
