"""AsyncSessions whose objects expire at each commit: reading one afterwards fails, and the error says what to do."""

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.util.concurrency import in_greenlet

from trackwright.errors import SessionSettingsError


def explain_expired(session: Session) -> None:
    """Let what is read after a commit of an AsyncSession name the setting that is wrong, not a missing greenlet."""
    if session.expire_on_commit and not event.contains(session, "do_orm_execute", _explain):
        event.listen(session, "do_orm_execute", _explain)


def _explain(state: ORMExecuteState) -> None:
    if not state.is_column_load or in_greenlet():
        return
    # Raised before the driver is asked: the connection that it would leave behind half open is never taken.
    mapper = state.bind_mapper
    name = "an object" if mapper is None else f"a {mapper.class_.__name__}"
    message = (
        f"{name} is read after a commit that expired it: make the session factory with "
        "async_sessionmaker(engine, expire_on_commit=False), or read what you need before the commit"
    )
    raise SessionSettingsError(message)
