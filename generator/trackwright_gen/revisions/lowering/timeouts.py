"""How long each revision waits for locks and works: who waits for a strong lock makes every later query wait too."""

from alembic.operations import ops

from trackwright_gen.revisions.lowering.step import Operations, Phase
from trackwright_gen.revisions.operations import AutocommitOp, SqlOp

BRIEF_LOCK, BRIEF = "5s", "5min"
LONG = "1h"
"""For what blocks nobody meanwhile."""
_LIMITS = {
    # CONCURRENTLY waits for older transactions, and makes nobody wait.
    Phase.CLEAR: (LONG, LONG),
    Phase.CHANGE: (BRIEF_LOCK, BRIEF),
    Phase.FILL: (BRIEF_LOCK, LONG),
    Phase.VALIDATE: (BRIEF_LOCK, LONG),
    Phase.INDEX: (LONG, LONG),
    Phase.FINISH: (BRIEF_LOCK, BRIEF),
    Phase.CONFIRM: (BRIEF_LOCK, LONG),
}


def within_limits(phase: Phase, operations: Operations) -> Operations:
    """The operations of a phase, with its timeouts and in the transaction that it needs."""
    if not operations:
        return ()
    lock, statement = _LIMITS[phase]
    if phase.in_transaction:
        return (*_limits("SET LOCAL", lock, statement), *operations)
    # Outside a transaction LOCAL has no effect.
    reset = (SqlOp("RESET statement_timeout"), SqlOp("RESET lock_timeout"))
    return (AutocommitOp((*_limits("SET", lock, statement), *operations, *reset)),)


def brief_limits() -> tuple[ops.MigrateOperation, ...]:
    """The timeouts of a revision that takes a moment."""
    return _limits("SET LOCAL", BRIEF_LOCK, BRIEF)


def _limits(command: str, lock: str, statement: str) -> tuple[ops.MigrateOperation, ...]:
    return (
        SqlOp(f"{command} lock_timeout = '{lock}'"),
        SqlOp(f"{command} statement_timeout = '{statement}'"),
    )
