"""The contract of metrics backends: every one counts and observes the same."""

import threading
from dataclasses import dataclass
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from trackwright.metrics import METRICS, InMemoryMetrics, Metric, MetricsBackend
from trackwright.metrics.definitions import DURATION, EVENTS, QUEUE_WAIT
from trackwright.metrics.prometheus import PrometheusMetrics

OK = ("price", "prices.update", "succeeded")
TASK = ("price", "prices.update")


@dataclass
class Backend:
    """A backend, and how to read back what it has."""

    metrics: MetricsBackend
    registry: CollectorRegistry | None = None

    def count(self, metric: Metric, labels: tuple[str, ...]) -> float:
        """A counter's value."""
        if isinstance(self.metrics, InMemoryMetrics):
            return self.metrics.counted(metric, *labels)
        return self._sample(metric.name, metric, labels)

    def observed(self, metric: Metric, labels: tuple[str, ...]) -> tuple[float, float]:
        """How many observations a histogram has, and their sum."""
        if isinstance(self.metrics, InMemoryMetrics):
            values = self.metrics.observed(metric, *labels)
            return len(values), sum(values)
        return (
            self._sample(f"{metric.name}_count", metric, labels),
            self._sample(f"{metric.name}_sum", metric, labels),
        )

    def _sample(self, name: str, metric: Metric, labels: tuple[str, ...]) -> float:
        assert self.registry is not None
        value = self.registry.get_sample_value(name, dict(zip(metric.labels, labels, strict=True)))
        return value or 0


@pytest.fixture(params=["in memory", "prometheus"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each backend, empty."""
    if request.param == "in memory":
        return Backend(InMemoryMetrics())
    registry = CollectorRegistry()
    return Backend(PrometheusMetrics(registry), registry)


def test_counts_add_up_by_labels(backend: Backend) -> None:
    backend.metrics.count(EVENTS, OK)
    backend.metrics.count(EVENTS, OK, 2)
    backend.metrics.count(EVENTS, (*TASK, "failed"))
    assert backend.count(EVENTS, OK) == 3
    assert backend.count(EVENTS, (*TASK, "failed")) == 1
    assert backend.count(EVENTS, (*TASK, "retried")) == 0


def test_observations_are_kept_by_labels_and_metric(backend: Backend) -> None:
    backend.metrics.observe(DURATION, TASK, 0.25)
    backend.metrics.observe(DURATION, TASK, 2)
    backend.metrics.observe(QUEUE_WAIT, TASK, 7)
    assert backend.observed(DURATION, TASK) == (2, 2.25)
    assert backend.observed(QUEUE_WAIT, TASK) == (1, 7)
    assert backend.observed(DURATION, ("price", "other")) == (0, 0)


def test_threads_lose_no_count(backend: Backend) -> None:
    def work() -> None:
        for _ in range(500):
            backend.metrics.count(EVENTS, OK)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert backend.count(EVENTS, OK) == 2000


def test_labels_that_do_not_fit_are_refused(backend: Backend) -> None:
    with pytest.raises(ValueError, match="label"):
        backend.metrics.count(EVENTS, TASK)


def test_two_backends_over_one_registry_share_it() -> None:
    registry = CollectorRegistry()
    backends: list[Any] = [PrometheusMetrics(registry), PrometheusMetrics(registry)]
    for one in backends:
        one.count(EVENTS, OK)
    assert Backend(backends[0], registry).count(EVENTS, OK) == 2


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_definitions_follow_prometheus_naming(metric: Metric) -> None:
    assert metric.name.startswith("trackwright_")
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert bool(metric.buckets) == (metric.kind == "histogram")
    assert list(metric.buckets) == sorted(metric.buckets)
    assert metric.help.endswith(".")
