"""Indexes CONCURRENTLY: nobody who writes waits, and a build that failed leaves an index to begin anew with."""

from typing import Any

from alembic.operations import ops

from trackwright_gen.revisions.lowering.step import Operations, Phase, Step
from trackwright_gen.revisions.operations import SqlOp
from trackwright_gen.spec.sql import qualified


def added(index: Any) -> Step:
    """Build an index."""
    return Step(Phase.INDEX, up=built(index), down=(_gone(index),))


def dropped(index: Any, phase: Phase) -> Step:
    """Drop an index; going back builds it again."""
    return Step(phase, up=(_gone(index),), down=built(index))


def built(index: Any) -> Operations:
    """CREATE INDEX CONCURRENTLY, for a revision that may have failed before: an INVALID index of the name goes."""
    create = ops.CreateIndexOp.from_index(index)
    create.kw = {**create.kw, "postgresql_concurrently": True}
    create.if_not_exists = True
    return (_gone(index), create)


def _gone(index: Any) -> SqlOp:
    return SqlOp(f"DROP INDEX CONCURRENTLY IF EXISTS {qualified(index.table.schema, str(index.name))}")
