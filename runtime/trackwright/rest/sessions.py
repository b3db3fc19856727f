"""Work over whichever kind of session the application's get_db gives."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from trackwright.errors import SessionSettingsError

ArgumentsP = ParamSpec("ArgumentsP")
ResultT = TypeVar("ResultT")


async def in_session(
    db: Any,
    work: Callable[Concatenate[Session, ArgumentsP], ResultT],
    *arguments: ArgumentsP.args,
    **options: ArgumentsP.kwargs,
) -> ResultT:
    """Run sync work: over a Session in a thread, over an AsyncSession on the event loop.

    Raises:
        SessionSettingsError: get_db gave neither.
    """

    def run(session: Session) -> ResultT:
        try:
            return work(session, *arguments, **options)
        except Exception:
            # The error becomes a response; a get_db that commits behind it must find nothing to commit.
            session.rollback()
            raise

    if isinstance(db, AsyncSession):
        return await db.run_sync(run)
    if isinstance(db, Session):
        return await run_in_threadpool(run, db)
    message = f"get_db gave a {type(db).__name__}; tracking_router needs a Session or an AsyncSession."
    raise SessionSettingsError(message)
