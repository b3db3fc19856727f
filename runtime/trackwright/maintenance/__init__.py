"""Looking after tracked domains: the sweep that recovers what crashes and lost messages leave behind."""

from trackwright.maintenance.celery_tasks import SWEEP_TASK, register_maintenance, sweep_all
from trackwright.maintenance.sweep import SweepResult, sweep

__all__ = ["SWEEP_TASK", "SweepResult", "register_maintenance", "sweep", "sweep_all"]
