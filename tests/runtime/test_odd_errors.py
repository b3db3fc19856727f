"""Errors and metadata that databases refuse: the row still ends as it should, nothing of a user's is lost."""

from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from trackwright import SyncTaskTrackingService
from trackwright.jobs import TaskRun, TrackedTask
from trackwright.maintenance import sweep
from trackwright.registry import Domain
from trackwright.testing import replaced

Service = SyncTaskTrackingService[Any]


class Mute(Exception):
    """An error that cannot be turned into text."""

    def __str__(self) -> str:
        """Fail, as a careless __str__ does."""
        return str(self.args[17])


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(ValueError("a\x00b"), "ValueError: a\\x00b", id="a NUL byte"),
        pytest.param(ValueError("a\udc80b"), "ValueError: a\\udc80b", id="half of a surrogate pair"),
        pytest.param(Mute(), "Mute: <its text cannot be read: IndexError>", id="str() raises"),
        pytest.param(ValueError("x" * 10_000_000), "ValueError: " + "x" * 9_988, id="ten megabytes"),
        pytest.param(ValueError(), "ValueError", id="no text"),
    ],
)
def test_any_error_is_recorded(
    task: TrackedTask, tracking_id: int, service: Service, sent: list[float], error: Exception, text: str
) -> None:
    def body(_: TaskRun[Any]) -> None:
        raise error

    with replaced(task, body=body):
        assert task.apply(args=(tracking_id,)).state == "RETRY"
    row = service.get_status(tracking_id)
    assert (row.status, row.error_message) == ("PENDING", text)
    assert len(row.task_metadata["trail"][0]["error"]) <= 1_000
    assert len(sent) == 1


def test_texts_by_hand_are_cleaned_too(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="A", commit=True)
    service.update_status(tracking_id, "PROCESSING", commit=True)
    service.update_status(tracking_id, "FAILED", "a\x00b", commit=True)
    assert service.get_status(tracking_id).error_message == "a\\x00b"
    other = service.create_tracking(etf_id="A", commit=True)
    service.cancel(other, "no\x00w", by="o\x00ps", commit=True)
    assert service.get_status(other).task_metadata["cancel"]["reason"] == "no\\x00w"


ODD: list[Any] = [
    pytest.param({"trail": "mine"}, {"trail": ["mine"]}, id="trail is text"),
    pytest.param({"trail": {"a": 1}}, {"trail": [{"a": 1}]}, id="trail is an object"),
    pytest.param({"trail": None}, {"trail": [None]}, id="trail is null"),
    pytest.param(["mine"], {"value": ["mine"], "trail": []}, id="metadata is a list"),
    pytest.param("mine", {"value": "mine", "trail": []}, id="metadata is text"),
    pytest.param(None, {"trail": []}, id="metadata is null"),
    pytest.param({"cancel": None}, {"cancel": None, "trail": []}, id="cancel is null"),
    pytest.param({"dispatch": "x", "cancel": False}, {"trail": []}, id="our keys with other values"),
]


def fill(session: Session, model: Any, metadata: Any) -> int:
    """A row whose metadata somebody wrote past the service."""
    row = model(etf_id="A", task_metadata=metadata)
    session.add(row)
    session.commit()
    return int(row.id)


@pytest.mark.parametrize(("metadata", "kept"), ODD)
def test_odd_metadata_stops_no_attempt(
    task: TrackedTask,
    service: Service,
    session: Session,
    model: Any,
    sent: list[float],
    metadata: Any,
    kept: Any,
) -> None:
    tracking_id = fill(session, model, metadata)

    def body(_: TaskRun[Any]) -> None:
        message = "no route"
        raise ConnectionError(message)

    with replaced(task, body=body):
        assert task.apply(args=(tracking_id,)).state == "RETRY"
    row = service.get_status(tracking_id)
    assert row.status == "PENDING"
    trail = row.task_metadata.pop("trail")
    assert trail.pop()["error"] == "ConnectionError: no route"
    assert trail == kept["trail"]
    assert (
        row.task_metadata.items() >= {name: value for name, value in kept.items() if name != "trail"}.items()
    )


@pytest.mark.parametrize(("metadata", "kept"), ODD)
def test_odd_metadata_stops_no_sweep_and_no_cancel(
    task: TrackedTask,
    service: Service,
    session: Session,
    model: Any,
    sessions: sessionmaker[Session],
    metadata: Any,
    kept: Any,
) -> None:
    del kept
    lost, beside = fill(session, model, metadata), fill(session, model, {})

    def die(_: TaskRun[Any]) -> None:
        raise KeyboardInterrupt

    task.lease = 0
    with replaced(task, body=die):
        for one in (lost, beside):
            with pytest.raises(KeyboardInterrupt):
                task.apply(args=(one,))
    result = sweep(Domain("price", model, sessions), lambda _: True)
    assert result.recovered == 2
    assert service.cancel(lost, "enough", commit=True) == "CANCELLED"
