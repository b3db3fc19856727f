"""Metrics of tracked tasks (principles 2.4, 3.4): counted by themselves, and by hand with the three functions.

With the extra `metrics` installed they go to prometheus-client's default registry; without it nothing is imported
and nothing counted. `use(backend)` sends them elsewhere, `use(None)` nowhere.
"""

from trackwright.metrics.backend import MetricsBackend
from trackwright.metrics.definitions import METRICS, Metric, TaskEvent
from trackwright.metrics.in_memory import InMemoryMetrics
from trackwright.metrics.recording import increment_task_counter, record_task_error, track_task_duration
from trackwright.metrics.selection import current, use

__all__ = [
    "METRICS",
    "InMemoryMetrics",
    "Metric",
    "MetricsBackend",
    "TaskEvent",
    "current",
    "increment_task_counter",
    "record_task_error",
    "track_task_duration",
    "use",
]
