"""The three functions of principles 3.4, on plain and async functions, and without any backend."""

import asyncio
import logging
import subprocess
import sys

import pytest

from trackwright.metrics import (
    InMemoryMetrics,
    Metric,
    increment_task_counter,
    record_task_error,
    track_task_duration,
    use,
)
from trackwright.metrics.definitions import DURATION, ERRORS, EVENTS


def test_the_sample_of_the_principles_counts(metrics: InMemoryMetrics) -> None:
    @track_task_duration("domain_task")
    async def domain_task(number: int) -> int:
        increment_task_counter("domain_task", "started")
        try:
            await asyncio.sleep(0)
            result = 10 // number
            increment_task_counter("domain_task", "completed")
        except Exception as error:
            record_task_error("domain_task", repr(error))
            raise
        return result

    assert asyncio.run(domain_task(5)) == 2
    with pytest.raises(ZeroDivisionError):
        asyncio.run(domain_task(0))
    assert metrics.counted(EVENTS, "", "domain_task", "started") == 2
    assert metrics.counted(EVENTS, "", "domain_task", "completed") == 1
    assert metrics.counted(ERRORS, "", "domain_task", "ZeroDivisionError") == 1
    assert len(metrics.observed(DURATION, "", "domain_task")) == 2


def test_a_plain_function_is_timed_and_stays_itself(metrics: InMemoryMetrics) -> None:
    @track_task_duration("count", domain="price")
    def body(number: int) -> int:
        """Say something."""
        return number + 1

    assert (body(1), body.__name__, body.__doc__) == (2, "body", "Say something.")
    (seconds,) = metrics.observed(DURATION, "price", "count")
    assert 0 <= seconds < 60


@pytest.mark.parametrize(
    ("error", "label"),
    [
        (ValueError("order 4711 is unknown"), "ValueError"),
        ("ValueError: order 4711 is unknown", "ValueError"),
        ("KeyError('x')", "KeyError"),
        ("order 4711 is unknown", "unnamed"),
        ("", "unnamed"),
    ],
    ids=["an exception", "a text with its type", "a repr", "a text without a type", "an empty text"],
)
def test_errors_are_counted_by_type_never_by_text(
    error: Exception | str, label: str, metrics: InMemoryMetrics
) -> None:
    record_task_error("t", error, domain="d")
    assert metrics.counted(ERRORS, "d", "t", label) == 1


def test_a_backend_that_fails_is_logged_and_changes_nothing(
    metrics: InMemoryMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    class Full:
        def count(self, metric: Metric, labels: tuple[str, ...], amount: float = 1) -> None:
            del metric, labels, amount
            raise OSError(28, "No space left on device")

        def observe(self, metric: Metric, labels: tuple[str, ...], value: float) -> None:
            del metric, labels, value
            raise OSError(28, "No space left on device")

    use(Full())
    with caplog.at_level(logging.ERROR, "trackwright.metrics"):
        assert track_task_duration("t")(lambda: "done")() == "done"
        increment_task_counter("t", "started")
    assert [record.getMessage() for record in caplog.records] == [
        f"{DURATION.name} was not observed",
        f"{EVENTS.name} was not counted",
    ]


def test_without_the_extra_nothing_is_imported_or_counted() -> None:
    code = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "prometheus_client":
            raise ModuleNotFoundError(name, name="prometheus_client")
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "prometheus_client" else find(name, package)
sys.meta_path.insert(0, Missing())
from trackwright.metrics import current, increment_task_counter
increment_task_counter("t", "started")
assert current() is None
assert "prometheus_client" not in sys.modules
import trackwright.metrics.prometheus
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr.strip().endswith("pip install 'trackwright[metrics]'."), ended.stderr


def test_choosing_a_backend_imports_no_prometheus() -> None:
    code = "import sys; from trackwright.metrics import *; use(None); increment_task_counter('t', 'x')"
    check = f"{code}; assert 'prometheus_client' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True)
