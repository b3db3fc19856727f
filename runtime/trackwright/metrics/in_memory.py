"""A backend that keeps everything in this process: for tests of projects, and the contract's plainest reading."""

import threading
from collections import defaultdict

from trackwright.metrics.definitions import Metric

_Key = tuple[str, tuple[str, ...]]


class InMemoryMetrics:
    """Counts and observations by metric and labels."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: defaultdict[_Key, float] = defaultdict(float)
        self._observed: defaultdict[_Key, list[float]] = defaultdict(list)

    def count(self, metric: Metric, labels: tuple[str, ...], amount: float = 1) -> None:
        """Add to a counter."""
        with self._lock:
            self._counts[_key(metric, labels)] += amount

    def observe(self, metric: Metric, labels: tuple[str, ...], value: float) -> None:
        """Add one observation to a histogram."""
        with self._lock:
            self._observed[_key(metric, labels)].append(value)

    def counted(self, metric: Metric, *labels: str) -> float:
        """A counter's value; 0 when nothing was counted."""
        with self._lock:
            return self._counts.get(_key(metric, labels), 0)

    def observed(self, metric: Metric, *labels: str) -> tuple[float, ...]:
        """A histogram's observations, in order."""
        with self._lock:
            return tuple(self._observed.get(_key(metric, labels), ()))


def _key(metric: Metric, labels: tuple[str, ...]) -> _Key:
    if len(labels) != len(metric.labels):
        message = f"{metric.name} has the labels {', '.join(metric.labels)}, not {len(labels)} values"
        raise ValueError(message)
    return metric.name, labels
