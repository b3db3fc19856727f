"""A backend that keeps what is counted, chosen for one test."""

from collections.abc import Iterator

import pytest

from trackwright.metrics import InMemoryMetrics, current, use


@pytest.fixture
def metrics() -> Iterator[InMemoryMetrics]:
    """The metrics of this process while the test runs."""
    before, kept = current(), InMemoryMetrics()
    use(kept)
    yield kept
    use(before)
