"""A Grafana dashboard from the metrics' definitions: events, errors, durations, waits and queues by domain and task."""

from collections.abc import Iterable
from typing import Any, assert_never

from trackwright.metrics.definitions import (
    DURATION,
    ERRORS,
    EVENTS,
    METRICS,
    OLDEST_PENDING,
    QUEUE_WAIT,
    TABLE_READABLE,
    Metric,
)

_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH, _HEIGHT, _PER_ROW = 12, 8, 2


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana imports it; every metric has its panel."""
    return {
        "title": "Tracked tasks",
        "uid": "trackwright-tasks",
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "tags": ["celery", "trackwright"],
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": list(_variables())},
        "panels": [_panel(number, metric) for number, metric in enumerate(METRICS)],
    }


def _variables() -> Iterable[dict[str, Any]]:
    yield {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"}
    for name in ("domain", "task"):
        # Domains also from the gauges: one whose workers are down has no counters.
        metric = TABLE_READABLE if name == "domain" else EVENTS
        yield {
            "name": name,
            "type": "query",
            "datasource": _SOURCE,
            "query": f"label_values({metric.name}, {name})",
            "refresh": 2,
            "includeAll": True,
            "multi": True,
            "allValue": ".*",
        }


def _panel(number: int, metric: Metric) -> dict[str, Any]:
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": metric.help.rstrip("."),
        "datasource": _SOURCE,
        "gridPos": {
            "x": number % _PER_ROW * _WIDTH,
            "y": number // _PER_ROW * _HEIGHT,
            "w": _WIDTH,
            "h": _HEIGHT,
        },
        "fieldConfig": {"defaults": {"unit": _unit(metric), "min": 0}, "overrides": []},
        "targets": [
            {"refId": reference, "datasource": _SOURCE, "expr": expression, "legendFormat": legend}
            for reference, (expression, legend) in zip("ABC", _queries(metric), strict=False)
        ],
    }


def _unit(metric: Metric) -> str:
    if metric in {DURATION, QUEUE_WAIT, OLDEST_PENDING}:
        return "s"
    return "ops" if metric in {EVENTS, ERRORS} else "short"


def _queries(metric: Metric) -> list[tuple[str, str]]:
    chosen = ", ".join(f'{name}=~"${name}"' for name in metric.labels if name in {"domain", "task"})
    series = f"{metric.name}{{{chosen}}}"
    legend = " ".join(f"{{{{{name}}}}}" for name in metric.labels)
    by = ", ".join(metric.labels)
    match metric.kind:
        case "counter":
            return [(f"sum by ({by}) (rate({series}[$__rate_interval]))", legend)]
        case "histogram":
            buckets = f"{metric.name}_bucket{{{chosen}}}"
            rate = f"sum by ({by}, le) (rate({buckets}[$__rate_interval]))"
            return [
                (f"histogram_quantile({share / 100:g}, {rate})", f"{legend} p{share}")
                for share in (50, 95, 99)
            ]
        case "gauge":
            # Several exporters may read the same table: their figures are one figure.
            merged = "min" if metric is TABLE_READABLE else "max"
            return [(f"{merged} by ({by}) ({series})", legend)]
        case _:
            assert_never(metric.kind)
