"""The gauges that a scrape reads from the tables, of a sync and an async domain."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

from sqlalchemy import text

Ops = Any
SCRAPE = """
import ops_app
from prometheus_client import CollectorRegistry, generate_latest
from trackwright.maintenance import table_gauges
from trackwright.metrics.prometheus import GaugeCollector
ops_app.celery_app.finalize(auto=True)
registry = CollectorRegistry()
registry.register(GaugeCollector(table_gauges))
print(generate_latest(registry).decode())
"""


def scrape(ops: Ops) -> tuple[dict[str, float], str]:
    """The samples of one scrape by name and labels, and what it logged."""
    ended = subprocess.run(
        [sys.executable, "-c", SCRAPE],
        env={**os.environ, **ops.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.rpartition(" ") for line in ended.stdout.splitlines() if line and line[0] != "#"]
    return {name: float(value) for name, _, value in lines}, ended.stderr


def test_rows_that_wait_and_run_are_counted_and_the_oldest_wait_is_told(ops: Ops) -> None:
    ops.add("PENDING", age=timedelta(minutes=10))
    ops.add("PENDING", "PENDING", "PROCESSING", "COMPLETED", "FAILED", age=timedelta(minutes=1))
    samples, _ = scrape(ops)
    oldest = samples.pop('trackwright_oldest_pending_seconds{domain="order"}')
    assert 600 <= oldest < 700
    assert samples == {
        'trackwright_task_rows{domain="order",status="PENDING"}': 3,
        'trackwright_task_rows{domain="order",status="PROCESSING"}': 1,
        'trackwright_table_readable{domain="order"}': 1,
        'trackwright_task_rows{domain="report",status="PENDING"}': 0,
        'trackwright_task_rows{domain="report",status="PROCESSING"}': 0,
        'trackwright_oldest_pending_seconds{domain="report"}': 0,
        'trackwright_table_readable{domain="report"}': 1,
    }


def test_a_table_that_cannot_be_read_leaves_the_others_in_the_scrape(ops: Ops) -> None:
    with ops.engine.begin() as connection:
        connection.execute(text("DROP TABLE order_task_tracking"))
    samples, logged = scrape(ops)
    assert samples['trackwright_table_readable{domain="order"}'] == 0
    assert samples['trackwright_table_readable{domain="report"}'] == 1
    assert 'trackwright_oldest_pending_seconds{domain="order"}' not in samples
    assert "the gauges of order cannot be read" in logged
