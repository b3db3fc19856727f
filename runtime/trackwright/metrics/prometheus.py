"""The prometheus-client backend, and what a scrape reads. Under prefork set PROMETHEUS_MULTIPROC_DIR.

prometheus-client looks at that variable when it is first imported: set it in the environment of the worker and of
whatever serves the metrics, to an empty folder that both can use.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

try:
    from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
    from prometheus_client.core import GaugeMetricFamily
    from prometheus_client.multiprocess import MultiProcessCollector
except ModuleNotFoundError as missing:
    from trackwright.errors import MissingExtra

    raise MissingExtra(
        "trackwright.metrics.prometheus", package="prometheus-client", extra="metrics"
    ) from missing

from trackwright.metrics.backend import Reading
from trackwright.metrics.definitions import GAUGES, METRICS, Metric

_Family = Counter | Histogram
# A registry refuses a second family of one name: two backends over one registry share them.
_families: WeakKeyDictionary[CollectorRegistry, dict[str, _Family]] = WeakKeyDictionary()
_lock = threading.Lock()


class PrometheusMetrics:
    """Counts into a prometheus-client registry; the default one unless another is given."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        with _lock:
            if registry not in _families:
                _families[registry] = {
                    metric.name: _family(metric, registry) for metric in METRICS if metric.kind != "gauge"
                }
        self._of = _families[registry]

    def count(self, metric: Metric, labels: tuple[str, ...], amount: float = 1) -> None:
        """Add to a counter."""
        family = self._of[metric.name]
        if not isinstance(family, Counter):
            message = f"{metric.name} is a {metric.kind}: it cannot be counted"
            raise TypeError(message)
        family.labels(*labels).inc(amount)

    def observe(self, metric: Metric, labels: tuple[str, ...], value: float) -> None:
        """Add one observation to a histogram."""
        family = self._of[metric.name]
        if not isinstance(family, Histogram):
            message = f"{metric.name} is a {metric.kind}: it cannot be observed"
            raise TypeError(message)
        family.labels(*labels).observe(value)


def _family(metric: Metric, registry: CollectorRegistry) -> _Family:
    if metric.kind == "counter":
        return Counter(metric.name, metric.help, metric.labels, registry=registry)
    return Histogram(metric.name, metric.help, metric.labels, registry=registry, buckets=metric.buckets)


class GaugeCollector:
    """Reads gauges anew at every scrape; `read` gives their values."""

    def __init__(self, read: Callable[[], Iterable[Reading]]) -> None:
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What prometheus-client asks a collector for."""
        readings = list(self._read())
        for metric in GAUGES:
            family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
            for reading in readings:
                if reading.metric is metric:
                    family.add_metric(reading.labels, reading.value)
            yield family

    def describe(self) -> list[GaugeMetricFamily]:
        """The families without values, so that registering one asks no database."""
        return [GaugeMetricFamily(metric.name, metric.help, labels=metric.labels) for metric in GAUGES]


def scrape_registry() -> CollectorRegistry:
    """What to serve: the sum over all processes with PROMETHEUS_MULTIPROC_DIR, else this process's registry."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    sum_over_processes: Any = MultiProcessCollector  # its constructor has no types
    sum_over_processes(registry)
    return registry
