"""Operations of the status machine with their statements: what update_status means by a target status."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.sql.dml import ReturningUpdate

from trackwright import query
from trackwright import status as machine
from trackwright.error_text import redacted, storable
from trackwright.model import TaskTrackingMixin
from trackwright.status import Operation, TrackingStatus


@dataclass(frozen=True, slots=True)
class StatusStep:
    """An operation with its statement and the values of the statement's parameters, less the row's id."""

    operation: Operation
    statement: ReturningUpdate[Any]
    values: Mapping[str, Any]


def step_by_hand(
    model: type[TaskTrackingMixin], target: TrackingStatus, message: str | None, attempt: int | None
) -> StatusStep:
    """The step that update_status means by a target status."""
    fence = {} if attempt is None else {"attempt": attempt}
    unfenced = attempt is None
    text = storable(redacted(message or ""))
    match target:
        case TrackingStatus.PROCESSING:
            return StatusStep(machine.CLAIM, query.start(model), {})
        case TrackingStatus.COMPLETED:
            return StatusStep(machine.COMPLETE, query.complete(model, any_attempt=unfenced), fence)
        case TrackingStatus.FAILED:
            return StatusStep(machine.FAIL, query.fail(model, any_attempt=unfenced), fence | {"error": text})
        case TrackingStatus.CANCELLED:
            return StatusStep(machine.ABANDON, query.abandon(model), {"reason": text, "actor": None})
        case TrackingStatus.PENDING:
            return StatusStep(machine.RETRY, query.retry(model), {"dispatch_delay": None})
