"""Metrics of a real prefork worker: every child counts, one scrape has the sum."""

import os
import subprocess
import sys
from typing import Any

import pytest

Project = Any
SCRAPE = """
from prometheus_client import generate_latest
from trackwright.metrics.prometheus import scrape_registry
print(generate_latest(scrape_registry()).decode())
"""


@pytest.mark.parametrize("servers_kind", ["postgresql+redis"], indirect=True)
def test_a_scrape_sums_what_the_children_of_a_prefork_worker_counted(project: Project) -> None:
    folder = project.folder / "metrics"
    folder.mkdir()
    project.environment["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    with project.start("--pool", "prefork", "--concurrency", "2", "--max-tasks-per-child", "2"):
        ids = project.enqueue("ok", "ok", "ok", "fail once", "fail")
        for one in ids[:4]:
            project.wait_for(one, "COMPLETED")
        project.wait_for(ids[4], "FAILED")
    scraped = _scrape(project)
    events = {
        name: _value(scraped, "trackwright_task_events_total", f'event="{name}"', 'domain="price"')
        for name in ("started", "succeeded", "failed", "retried")
    }
    assert events == {"started": 8, "succeeded": 4, "failed": 1, "retried": 3}
    assert _value(scraped, "trackwright_task_errors_total", 'error="ConnectionError"') == 4
    assert _value(scraped, "trackwright_task_duration_seconds_count", 'task="update_price"') == 8
    assert _value(scraped, "trackwright_task_queue_wait_seconds_count", 'task="update_price"') == 8
    assert len({path.name for path in folder.iterdir()}) > 2  # several children wrote


def _scrape(project: Project) -> str:
    environment = {**os.environ, **project.environment}
    ended = subprocess.run(
        [sys.executable, "-c", SCRAPE], env=environment, capture_output=True, text=True, check=True
    )
    return ended.stdout


def _value(scraped: str, name: str, *labels: str) -> float:
    (line,) = [
        line
        for line in scraped.splitlines()
        if line.startswith(name + "{") and all(label in line for label in labels)
    ]
    return float(line.rpartition(" ")[2])


@pytest.mark.parametrize("servers_kind", ["postgresql+redis"], indirect=True)
def test_the_main_process_counts_what_becomes_of_a_lost_childs_row(project: Project) -> None:
    folder = project.folder / "metrics"
    folder.mkdir()
    project.environment["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    with project.start("--pool", "prefork", "--concurrency", "1"):
        (tracking_id,) = project.enqueue("leave once", task="update_price_soon")
        project.wait_for(tracking_id, "COMPLETED")
    scraped = _scrape(project)
    counted = [
        _value(scraped, "trackwright_task_events_total", f'event="{event}"', 'task="update_price_soon"')
        for event in ("started", "retried", "succeeded")
    ]
    assert counted == [2, 1, 1]
    assert _value(scraped, "trackwright_task_errors_total", 'error="WorkerLostError"') == 1
