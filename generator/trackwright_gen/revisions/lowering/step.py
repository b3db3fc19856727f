"""One step of a lowered change: what it does there and back, and in which of the revisions."""

from dataclasses import dataclass
from enum import Enum

from alembic.operations import ops

Operations = tuple[ops.MigrateOperation, ...]


class Phase(Enum):
    """The revisions of a change, in their order; those without a step are not written."""

    CLEAR = "clear"
    """Indexes go that stand in the way of what comes."""
    CHANGE = "change"
    """Everything that takes a moment: columns, names, constraints that are not checked yet."""
    FILL = "fill"
    """Rows that are there get a value, some at a time."""
    VALIDATE = "validate"
    """Rows that are there are checked, while others write."""
    INDEX = "index"
    """Indexes are built and dropped, while others write."""
    FINISH = "finish"
    """Finished indexes become constraints; what nothing needs any more goes."""
    CONFIRM = "confirm"
    """Rows that are there are checked against what became a key only then, while others write."""

    @property
    def in_transaction(self) -> bool:
        """Whether the revision is one transaction; the others commit each statement (or batch) by itself."""
        return self in {Phase.CHANGE, Phase.VALIDATE, Phase.FINISH, Phase.CONFIRM}

    @property
    def is_brief(self) -> bool:
        """Whether the revision takes a moment whatever the table's size."""
        return self in {Phase.CHANGE, Phase.FINISH}


@dataclass(frozen=True, slots=True)
class Step:
    """Operations for PostgreSQL; `down` undoes `up`."""

    phase: Phase
    up: Operations
    down: Operations = ()
