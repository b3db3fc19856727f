"""Prometheus alert rules from the metrics' definitions: the three troubles of principles 8, and a silent queue."""

from dataclasses import dataclass
from typing import Any

from trackwright.metrics.definitions import DURATION, EVENTS, OLDEST_PENDING, TABLE_READABLE, TaskEvent


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When to wake somebody. Start with these and fit them to your tasks."""

    failure_rate: float = 0.1
    """Share of attempts that failed for good, of those that ended for good, in 15 minutes."""
    least_ended: float = 10
    """Attempts of one task that must have ended for good in 15 minutes before their share says something."""
    oldest_pending_seconds: float = 900
    lost_attempts: float = 3
    """Attempts of one task that ended from outside in an hour."""
    duration_p95_seconds: float = 900


def alert_rules(thresholds: Thresholds | None = None) -> dict[str, Any]:
    """The content of a Prometheus rule file; written as JSON it is valid YAML."""
    at = thresholds or Thresholds()
    rules = [
        _rule(
            "TrackwrightHighFailureRate",
            f"{_rate(TaskEvent.FAILED)} / ({_rate(TaskEvent.FAILED)} + {_rate(TaskEvent.SUCCEEDED)})"
            f" > {at.failure_rate:g} and {_ended()} >= {at.least_ended:g}",
            lasts="10m",
            says="{{ $labels.task }}: {{ $value | humanizePercentage }} of its rows end FAILED.",
            do="See which errors: trackwright doctor, and the errors by type on the dashboard.",
        ),
        _rule(
            "TrackwrightQueueStuck",
            f"{OLDEST_PENDING.name} > {at.oldest_pending_seconds:g}",
            lasts="5m",
            says="{{ $labels.domain }}: a row has been due for {{ $value | humanizeDuration }}.",
            do="Are workers up and listening to the queue, and does the sweep run?",
        ),
        _rule(
            "TrackwrightAttemptsLost",
            f'sum by (domain, task) (increase({EVENTS.name}{{event="{TaskEvent.LOST.value}"}}[1h]))'
            f" > {at.lost_attempts:g}",
            lasts="0m",
            says="{{ $labels.task }}: {{ $value }} attempts lost their row within an hour.",
            do="Look for workers that are killed (memory, deployments) and bodies that block.",
        ),
        _rule(
            "TrackwrightSlowTasks",
            f"histogram_quantile(0.95, sum by (domain, task, le) (rate({DURATION.name}_bucket[15m])))"
            f" > {at.duration_p95_seconds:g}",
            lasts="15m",
            says="{{ $labels.task }}: one attempt in twenty takes longer than {{ $value | humanizeDuration }}.",
            do="Check what it waits for: locks, missing indexes, a slow service.",
        ),
        _rule(
            "TrackwrightTableUnreadable",
            f"{TABLE_READABLE.name} == 0",
            lasts="5m",
            says="{{ $labels.domain }}: its tracking table cannot be read.",
            do="The exporter's log says why; is the database up, are migrations applied?",
        ),
    ]
    return {"groups": [{"name": "trackwright", "rules": rules}]}


def _ended() -> str:
    either = f"{TaskEvent.FAILED.value}|{TaskEvent.SUCCEEDED.value}"
    return f'sum by (domain, task) (increase({EVENTS.name}{{event=~"{either}"}}[15m]))'


def _rate(event: TaskEvent) -> str:
    # "or 0": a task that never failed, or never succeeded, has no such series, and a ratio of nothing never alerts.
    some = f'sum by (domain, task) (rate({EVENTS.name}{{event="{event.value}"}}[15m]))'
    none = f"0 * sum by (domain, task) (rate({EVENTS.name}[15m]))"
    return f"({some} or {none})"


def _rule(name: str, expression: str, *, lasts: str, says: str, do: str) -> dict[str, Any]:
    return {
        "alert": name,
        "expr": expression,
        "for": lasts,
        "labels": {"severity": "warning"},
        "annotations": {"summary": says, "description": do},
    }
