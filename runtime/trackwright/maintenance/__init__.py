"""Looking after tracked domains: sweep, prune, figures, gauges, cancelling and retrying by hand."""

from trackwright.maintenance.by_hand import Outcome, cancel_rows, retry_rows
from trackwright.maintenance.celery_tasks import (
    PRUNE_TASK,
    SWEEP_TASK,
    prune_all,
    register_maintenance,
    sweep_all,
)
from trackwright.maintenance.figures import DomainFigures, figures
from trackwright.maintenance.gauges import table_gauges
from trackwright.maintenance.pruning import PruneResult, count_prunable, prune
from trackwright.maintenance.sweep import SweepResult, sweep

__all__ = [
    "PRUNE_TASK",
    "SWEEP_TASK",
    "DomainFigures",
    "Outcome",
    "PruneResult",
    "SweepResult",
    "cancel_rows",
    "count_prunable",
    "figures",
    "prune",
    "prune_all",
    "register_maintenance",
    "retry_rows",
    "sweep",
    "sweep_all",
    "table_gauges",
]
