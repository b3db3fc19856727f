"""Dependencies between tracking rows (principles 2.3), of any domains, kept in their metadata: never foreign keys.

A prerequisite lists its `dependents`; a dependent counts what it is `waiting_for`. They are declared when a row is
created, on rows that exist: so cycles cannot be. What ends a row settles its dependents in the same transaction.
"""

from trackwright.dependencies.dependents import dependents_in, rows_of
from trackwright.dependencies.flows import Flow, Part, Step, as_flow, chain, group, step
from trackwright.dependencies.linking import Surroundings, connect, find, metadata_of
from trackwright.dependencies.progress import Progress, progress
from trackwright.dependencies.references import (
    Link,
    MissingPrerequisites,
    OnFailure,
    SeparateDatabases,
    TaskRef,
    Tracked,
    reference,
    require_one_database,
)
from trackwright.dependencies.sessions import connection_of, refresh_held, send_woken, settle_in
from trackwright.dependencies.settling import Ended, Settled, Woken, ended, links, settle

__all__ = [
    "Ended",
    "Flow",
    "Link",
    "MissingPrerequisites",
    "OnFailure",
    "Part",
    "Progress",
    "SeparateDatabases",
    "Settled",
    "Step",
    "Surroundings",
    "TaskRef",
    "Tracked",
    "Woken",
    "as_flow",
    "chain",
    "connect",
    "connection_of",
    "dependents_in",
    "ended",
    "find",
    "group",
    "links",
    "metadata_of",
    "progress",
    "reference",
    "refresh_held",
    "require_one_database",
    "rows_of",
    "send_woken",
    "settle",
    "settle_in",
    "step",
]
