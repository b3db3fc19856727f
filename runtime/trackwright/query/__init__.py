"""Pure statements over one tracking table: each operation of the status machine is one conditional UPDATE.

Statements by primary key hide the status test from the indexes, `(status = ...) IS TRUE`: with stale statistics
the planner would otherwise walk the status index over a burst of new rows. Lists show the status as a literal:
a bound one under a generic plan cannot use a partial index.
"""

from trackwright.query.basis import Model, has_status, parameters, per_model
from trackwright.query.claims import (
    attempt_state,
    claim,
    claim_state,
    held_by,
    reclaim,
    renew,
    report,
    start,
    take_over,
)
from trackwright.query.creation import create, create_ready
from trackwright.query.endings import (
    abandon,
    alone,
    cancel,
    complete,
    drop,
    fail,
    fail_unless_cancelled,
    reschedule,
    retry,
    revoke,
    stop,
    stop_if_requested,
)
from trackwright.query.pruning import BEGINNING, past_retention, prunable, prune, prune_parameters
from trackwright.query.sweeping import due, exhausted, lost, reaped, stale

__all__ = [
    "BEGINNING",
    "Model",
    "abandon",
    "alone",
    "attempt_state",
    "cancel",
    "claim",
    "claim_state",
    "complete",
    "create",
    "create_ready",
    "drop",
    "due",
    "exhausted",
    "fail",
    "fail_unless_cancelled",
    "has_status",
    "held_by",
    "lost",
    "parameters",
    "past_retention",
    "per_model",
    "prunable",
    "prune",
    "prune_parameters",
    "reaped",
    "reclaim",
    "renew",
    "report",
    "reschedule",
    "retry",
    "revoke",
    "stale",
    "start",
    "stop",
    "stop_if_requested",
    "take_over",
]
