"""Secrets do not reach rows, trails or logs by way of error texts; metadata has a size."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from trackwright import MetadataTooLarge, SyncTaskTrackingService, redact_errors
from trackwright.error_text import describe
from trackwright.jobs import TaskRun, TrackedTask
from trackwright.service.rows import METADATA_LENGTH
from trackwright.testing import replaced

Service = SyncTaskTrackingService[Any]


@pytest.fixture(autouse=True)
def _no_function_is_left() -> Iterator[None]:
    yield
    redact_errors(None)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("postgresql+psycopg://app:hunter2@db/shop is away", "postgresql+psycopg://app:***@db/shop is away"),
        ("redis://:hunter2@broker:6379/0", "redis://:***@broker:6379/0"),
        ("host=db user=app password=hunter2 dbname=shop", "host=db user=app password=*** dbname=shop"),
        ('{"password": "hunter2", "user": "app"}', '{"password": "***", "user": "app"}'),
        ("GET /prices?api_key=hunter2&day=1 gave 500", "GET /prices?api_key=***&day=1 gave 500"),
        ("unexpected token: 'hunter2'", "unexpected token: 'hunter2'"),
        ("https://example.org:443/a@b", "https://example.org:443/a@b"),
    ],
    ids=["database", "broker", "libpq", "JSON", "query string", "a parser's token is none", "a port is none"],
)
def test_what_looks_like_a_secret_is_masked(text: str, kept: str) -> None:
    assert describe(ValueError(text)) == f"ValueError: {kept}"


def test_a_projects_own_function_reaches_row_trail_and_log(
    task: TrackedTask, tracking_id: int, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    redact_errors(lambda text: text.replace("DE89 3704", "<account>"))

    def body(_: TaskRun[Any]) -> None:
        message = "no money on DE89 3704"
        raise RuntimeError(message)

    with caplog.at_level(logging.INFO, "trackwright"), replaced(task, body=body):
        task.apply(args=(tracking_id,))
    row = service.get_status(tracking_id)
    assert row.error_message == "RuntimeError: no money on <account>"
    assert row.task_metadata["trail"][0]["error"] == "RuntimeError: no money on <account>"
    assert [record for record in caplog.records if "<account>" in record.getMessage()]
    assert "3704" not in caplog.text


def test_errors_told_by_hand_are_redacted_too(service: Service) -> None:
    tracking_id = service.create_tracking(etf_id="A")
    service.update_status(tracking_id, "PROCESSING")
    service.update_status(tracking_id, "FAILED", "login with pwd=hunter2 refused")
    assert service.get_status(tracking_id).error_message == "login with pwd=*** refused"


def test_a_function_that_fails_lets_nothing_through() -> None:
    def broken(_: str) -> str:
        raise KeyError

    redact_errors(broken)
    text = "RuntimeError: <its text is withheld: the redaction raised KeyError>"
    assert describe(RuntimeError("hunter2")) == text


def test_a_secret_at_the_cut_is_masked_whole() -> None:
    kept = describe(ValueError("x" * 9_980 + " password=hunter2"))
    assert "hun" not in kept


def test_metadata_has_a_size(service: Service) -> None:
    service.create_tracking(etf_id="A", task_metadata={"note": "x" * (METADATA_LENGTH - 20)})
    with pytest.raises(MetadataTooLarge, match="at most 65536"):
        service.create_tracking(etf_id="A", task_metadata={"note": "x" * METADATA_LENGTH})
