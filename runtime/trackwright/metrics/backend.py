"""What a metrics backend has to do; tests/metrics holds every one of them to the same contract."""

from dataclasses import dataclass
from typing import Protocol

from trackwright.metrics.definitions import Metric


class MetricsBackend(Protocol):
    """Where counts and observations go. Called from several threads and, under prefork, from several processes."""

    def count(self, metric: Metric, labels: tuple[str, ...], amount: float = 1) -> None:
        """Add to a counter; `labels` are the values of the metric's labels, in their order."""
        ...

    def observe(self, metric: Metric, labels: tuple[str, ...], value: float) -> None:
        """Add one observation to a histogram."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of a gauge at the moment it was read."""

    metric: Metric
    labels: tuple[str, ...]
    value: float
