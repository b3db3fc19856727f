"""Which backend counts: the one chosen, or prometheus-client where its extra is installed, or none."""

import importlib.util

from trackwright.metrics.backend import MetricsBackend


class _Selection:
    """Decided at the first count, not at import: choosing another backend imports no prometheus-client."""

    def __init__(self) -> None:
        self.decided = False
        self.backend: MetricsBackend | None = None

    def choose(self, backend: MetricsBackend | None) -> None:
        self.backend = backend
        self.decided = True


_selection = _Selection()


def use(backend: MetricsBackend | None) -> None:
    """Send all metrics of this process to a backend; None counts nothing."""
    _selection.choose(backend)


def current() -> MetricsBackend | None:
    """The backend that counts in this process, if any does."""
    if not _selection.decided:
        _selection.choose(_installed())
    return _selection.backend


def _installed() -> MetricsBackend | None:
    if importlib.util.find_spec("prometheus_client") is None:
        return None
    from trackwright.metrics.prometheus import PrometheusMetrics

    return PrometheusMetrics()
