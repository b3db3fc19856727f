"""A factory of committed rows of any domain, in any status."""

from typing import Any

from trackwright.model import TaskTrackingMixin
from trackwright.service import SyncTaskTrackingService
from trackwright.status import TrackingStatus
from trackwright.testing.examples import examples_for
from trackwright.testing.rows import ModelT, Place

_WAYS = {
    TrackingStatus.PENDING: (),
    TrackingStatus.PROCESSING: ("PROCESSING",),
    TrackingStatus.COMPLETED: ("PROCESSING", "COMPLETED"),
    TrackingStatus.FAILED: ("PROCESSING", "FAILED"),
    TrackingStatus.CANCELLED: ("CANCELLED",),
}
"""How a new row gets where it shall be, along the diagram."""


class TrackingFactory:
    """`tracking_factory(Model, status="FAILED", etf_id="IE00")`: a committed row, detached."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._made = 0

    def __call__(self, model: type[ModelT], /, *, status: str = "PENDING", **fields: Any) -> ModelT:
        """Make a row; required fields that are not given get made-up values, other ones in every row.

        Raises:
            TypeError: a required field of a type for which nothing can be made up, or no field of the model.
        """
        self._made += 1
        values = examples_for(model, self._made, given=fields) | fields
        way = _WAYS[TrackingStatus.of(status)]

        def make(service: SyncTaskTrackingService[ModelT]) -> ModelT:
            tracking_id = service.create_tracking(**values)
            for step in way:
                service.update_status(tracking_id, step, _error(step))
            return service.get_status(tracking_id)

        return self._place.in_service(model, make)

    def build(self, model: type[TaskTrackingMixin]) -> dict[str, Any]:
        """Only the made-up values of a row's required fields, for a service or an API to create it from."""
        self._made += 1
        return examples_for(model, self._made, given=())


def _error(status: str) -> str | None:
    return "Made: FAILED by the test's factory" if status == "FAILED" else None
