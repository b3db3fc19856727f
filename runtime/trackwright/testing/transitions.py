"""Asserting that a row goes from one status to another."""

import contextlib
from collections.abc import Generator

from trackwright.model import TaskTrackingMixin
from trackwright.status import TrackingStatus, transitions
from trackwright.testing.rows import Place, Tracked, circumstances


class AssertTransition:
    """`with assert_transition(row, "PENDING", "COMPLETED"): ...` holds what the block does to the row."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @contextlib.contextmanager
    def __call__(
        self, tracked: Tracked, before: str, after: str, *, model: type[TaskTrackingMixin] | None = None
    ) -> Generator[None]:
        """Check a row's status now and when the block has ended.

        Args:
            tracked: the row; or its id, with `model` where there are several domains.
            before: its status now.
            after: its status then.
            model: the model of an id.

        Raises:
            AssertionError: it was not, or did not become, what was expected; the message has the row's story.
            ValueError: the diagram (principles 2.2) has no way from one to the other.
        """
        __tracebackhide__ = True
        source, target = TrackingStatus.of(before), TrackingStatus.of(after)
        if target not in reachable(source):
            message = f"no way leads from {source} to {target}: such a test could never pass"
            raise ValueError(message)
        key = self._place.key(tracked, model)
        expected = f"{key}: expected {source} -> {target}"
        row = self._place.read(key)
        if row.status != source:
            message = f"{expected}, but it is {row.status} to begin with ({circumstances(row)})"
            raise AssertionError(message)
        yield
        row = self._place.read(key)
        if row.status != target:
            went = "stayed" if row.status == source else "became"
            message = f"{expected}, but it {went} {row.status} ({circumstances(row)})"
            raise AssertionError(message)


def reachable(source: TrackingStatus) -> frozenset[TrackingStatus]:
    """The statuses that a row in this one can come to, itself included: a refusal leaves it where it is."""
    found = {source}
    while True:
        further = found | {target for start, target in transitions() if start in found}
        if further == found:
            return frozenset(found)
        found = further
