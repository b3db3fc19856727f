"""The service on both databases: operations, what they set, what they refuse."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from trackwright import InvalidTransition, SyncTaskTrackingService, TrackingNotFound, UnknownStatus

Service = SyncTaskTrackingService[Any]


def test_a_new_row_is_pending_with_times_from_the_database(service: Service) -> None:
    row = service.get_status(service.create_tracking(etf_id="IE00", price="1.5"))
    assert (row.status, row.attempts, row.max_attempts) == ("PENDING", 0, 3)
    assert row.created_at.utcoffset() == timedelta(0)
    assert abs(row.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert row.task_metadata == {}


def test_processing_then_completed(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="IE00")
    service.update_status(tracking_id, "processing")
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts) == ("PROCESSING", 1)
    assert row.started_at is not None
    assert row.lease_until is None
    service.update_status(tracking_id, "COMPLETED")
    row = service.get_status(tracking_id)
    assert row.status == "COMPLETED"
    assert row.completed_at >= row.started_at


def test_failed_keeps_the_error_and_a_trail(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="IE00")
    service.update_status(tracking_id, "PROCESSING")
    service.update_status(tracking_id, "FAILED", "ValueError: no quote 'today'")
    row = service.get_status(tracking_id)
    assert row.status == "FAILED"
    assert row.error_message == "ValueError: no quote 'today'"
    (entry,) = row.task_metadata["trail"]
    assert (entry["attempt"], entry["outcome"], entry["error"]) == (
        1,
        "FAILED",
        "ValueError: no quote 'today'",
    )
    assert datetime.fromisoformat(entry["started_at"]) <= datetime.fromisoformat(entry["ended_at"])


def test_the_trail_keeps_the_last_twenty_attempts(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="IE00", max_attempts=30)
    for _ in range(23):
        service.update_status(tracking_id, "PROCESSING")
        service.update_status(tracking_id, "FAILED", "again")
        service.retry(tracking_id)
    trail = service.get_status(tracking_id).task_metadata["trail"]
    assert [entry["attempt"] for entry in trail] == list(range(4, 24))


@pytest.mark.parametrize(
    ("path", "asked", "message"),
    [
        ([], "COMPLETED", "is PENDING: cannot complete; complete is allowed from PROCESSING"),
        ([], "FAILED", "is PENDING: cannot fail"),
        (["PROCESSING"], "PROCESSING", "is PROCESSING: cannot claim; claim is allowed from PENDING"),
        (["PROCESSING", "COMPLETED"], "CANCELLED", "is COMPLETED: cannot abandon"),
        (["PROCESSING", "COMPLETED"], "PENDING", "is COMPLETED: cannot retry; retry is allowed from FAILED"),
        (["CANCELLED"], "PROCESSING", "is CANCELLED: cannot claim"),
    ],
)
def test_a_transition_off_the_diagram_is_refused(
    service: Service, path: list[str], asked: str, message: str
) -> None:
    tracking_id = service.create_tracking(etf_id="IE00")
    for status in path:
        service.update_status(tracking_id, status)
    with pytest.raises(InvalidTransition, match=message):
        service.update_status(tracking_id, asked)


def test_a_missing_row_is_an_error_never_silence(service: Service) -> None:
    with pytest.raises(TrackingNotFound, match="price_task_tracking has no row 4711"):
        service.update_status(4711, "PROCESSING")
    with pytest.raises(TrackingNotFound):
        service.get_status(4711)


def test_an_unknown_status_lists_the_known_ones(service: Service) -> None:
    with pytest.raises(UnknownStatus, match="PENDING, PROCESSING, COMPLETED, FAILED, CANCELLED"):
        service.update_status(1, "DONE")


def test_a_late_attempt_cannot_write(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="IE00")
    service.update_status(tracking_id, "PROCESSING")
    with pytest.raises(InvalidTransition, match="attempt 7 lost it, the row is at attempt 1"):
        service.update_status(tracking_id, "COMPLETED", attempt=7)


def test_fields_of_the_machine_and_unknown_ones_are_refused(service: Service) -> None:
    with pytest.raises(TypeError, match=r"takes no etf, status; it takes .*etf_id"):
        service.create_tracking(etf="x", status="COMPLETED")


def test_bulk_rows_keep_their_order_and_their_defaults(service: Service) -> None:
    rows = [{"etf_id": f"E{n}"} if n % 3 else {"etf_id": f"E{n}", "max_attempts": 9} for n in range(10)]
    ids = service.create_many(rows)
    found = [service.get_status(one) for one in ids]
    assert [row.etf_id for row in found] == [f"E{n}" for n in range(10)]
    assert [row.max_attempts for row in found] == [3 if n % 3 else 9 for n in range(10)]


def test_cancel_of_a_queued_row_says_who_and_why(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="IE00")
    assert service.cancel(tracking_id, "not needed", by="ops") == "CANCELLED"
    row = service.get_status(tracking_id)
    assert row.completed_at is not None
    assert row.task_metadata["cancel"]["reason"] == "not needed"
    assert row.task_metadata["cancel"]["by"] == "ops"


def test_cancel_of_a_running_row_is_a_request(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="IE00")
    service.update_status(tracking_id, "PROCESSING")
    assert service.cancel(tracking_id, "stop") == "PROCESSING"
    assert service.get_status(tracking_id).task_metadata["cancel"]["by"] is None


def test_retry_by_hand_raises_max_attempts_only_when_used_up(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="IE00", max_attempts=1)
    service.update_status(tracking_id, "PROCESSING")
    service.update_status(tracking_id, "FAILED", "x")
    service.retry(tracking_id)
    row = service.get_status(tracking_id)
    assert (row.status, row.attempts, row.max_attempts) == ("PENDING", 1, 2)
    assert row.started_at is None
    assert row.dispatch_at is not None


def test_the_caller_owns_the_transaction(service: Service, session: Session) -> None:
    tracking_id = service.create_tracking(etf_id="IE00")
    session.rollback()
    with pytest.raises(TrackingNotFound):
        service.get_status(tracking_id)
    kept = service.create_tracking(etf_id="IE00", commit=True)
    session.rollback()
    assert service.get_status(kept).status == "PENDING"


def test_an_object_the_caller_holds_shows_the_new_status(service: Service) -> None:
    row = service.get_status(service.create_tracking(etf_id="IE00"))
    service.update_status(row.id, "PROCESSING")
    assert row.status == "PROCESSING"


def test_a_retry_forgets_the_cancel_request_that_came_too_late(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="A", commit=True)
    service.update_status(tracking_id, "PROCESSING")
    assert service.cancel(tracking_id, "enough") == "PROCESSING"
    service.update_status(tracking_id, "FAILED", "no route")
    service.retry(tracking_id, commit=True)
    assert "cancel" not in service.get_status(tracking_id).task_metadata


def test_get_status_keeps_what_the_caller_has_changed(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="A", commit=True)
    row = service.get_status(tracking_id)
    row.etf_id = "B"
    assert service.get_status(tracking_id).etf_id == "B"


@pytest.mark.parametrize("key", ["cancel", "trail"])
def test_metadata_keys_of_the_runtime_are_refused(service: Service, key: str) -> None:
    with pytest.raises(TypeError, match=f"metadata key '{key}' is trackwright's own"):
        service.create_tracking(etf_id="A", task_metadata={key: {"reason": "mine"}})
