"""The session that a body receives: guarded against its own commit, at an isolation that leaves its row to others."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from trackwright.errors import TrackwrightError
from trackwright.expiring import explain_expired

SessionT = TypeVar("SessionT", Session, AsyncSession)
_GUARD = "trackwright.run"
_BOUND = "trackwright.bound"
_READ_COMMITTED = "READ COMMITTED"


class Committing(Protocol):
    """A run, which says whether its session may commit now."""

    may_commit: bool


class CommitInBody(TrackwrightError):
    """A body called commit(): effect and status would no longer commit together."""

    def __init__(self) -> None:
        super().__init__(
            "commit() inside a tracked body would separate its effect from its status. trackwright commits both "
            "when the body returns; for a part of a long job use run.checkpoint(commit=True)."
        )


def open_session(factory: Callable[[], SessionT], run: Committing) -> SessionT:
    """A session for a run's body."""
    opened = factory()
    opened.info[_GUARD] = run
    session: Session
    if isinstance(opened, AsyncSession):
        session = opened.sync_session
        explain_expired(session)
    else:
        session = opened
    _see_what_others_commit(session)
    return opened


def release(session: Session) -> None:
    """Give a session back: a scoped one is used again, by code that may commit."""
    session.info.pop(_GUARD, None)
    session.close()
    bound: Engine | None = session.info.pop(_BOUND, None)
    if bound is not None:
        session.bind = bound


def _see_what_others_commit(session: Session) -> None:
    """READ COMMITTED: the heartbeat writes to the row which the body's last statement ends, in its own transaction.

    Above it that statement would fail after every task that was longer than a heartbeat; below it, in autocommit,
    effect and status would not commit together.
    """
    engine = session.bind
    if not isinstance(engine, Engine) or engine.dialect.name != "postgresql":
        return
    options = engine.get_execution_options()
    chosen = options.get("isolation_level") or getattr(engine.dialect, "_on_connect_isolation_level", None)
    if (chosen or engine.dialect.default_isolation_level) != _READ_COMMITTED:
        session.info[_BOUND] = engine
        # Of an engine with options, the one below them: its own level would be set after ours.
        below: Engine = getattr(engine, "_proxied", engine)
        session.bind = below.execution_options(**{**options, "isolation_level": _READ_COMMITTED})


@event.listens_for(Session, "before_commit")
def _refuse_commit_in_body(session: Session) -> None:
    run: Committing | None = session.info.get(_GUARD)
    if run is not None and not run.may_commit and session.get_nested_transaction() is None:
        raise CommitInBody
