"""The endpoints on both databases, over both kinds of session: what they do, what they send, what they refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from rest_app import Example, QuoteTracking
from sqlalchemy import update

from trackwright import SyncTaskTrackingService
from trackwright.dispatch import Message

Sent = Callable[[], list[Message]]
PROBLEM = "application/problem+json"


@pytest.fixture
def tracking_id(client: TestClient) -> int:
    """A PENDING row."""
    made: int = client.post("/tasks/quote", json={"isin": "IE00"}).json()["id"]
    return made


def put_into(example: Example, tracking_id: int, status: str) -> None:
    """A row in a status, as if a worker had brought it there."""
    with example.sessions.begin() as session:
        session.execute(update(QuoteTracking).where(QuoteTracking.id == tracking_id).values(status=status))


def test_a_new_task_is_created_sent_and_found_where_location_says(client: TestClient, sent: Sent) -> None:
    answer = client.post("/tasks/quote", json={"isin": "IE00", "day": "2026-01-02", "source": "in-house"})
    assert answer.status_code == 201
    row = answer.json()
    assert answer.headers["location"] == f"/tasks/quote/{row['id']}"
    assert (row["status"], row["day"], row["source"]) == ("PENDING", "2026-01-02", "in-house")
    assert client.get(answer.headers["location"]).json() == row
    (message,) = sent()
    assert (message.tracking_id, message.celery_task_id) == (row["id"], row["celery_task_id"])
    assert message.task.name == "quotes.update"


def test_a_task_for_later_is_left_to_the_sweep(client: TestClient, sent: Sent) -> None:
    answer = client.post("/tasks/quote", json={"isin": "IE00", "scheduled_at": "2100-01-01T00:00:00+02:00"})
    assert answer.json()["scheduled_at"] == "2099-12-31T22:00:00Z"
    assert sent() == []


def test_pages_hold_every_row_once_newest_first(client: TestClient) -> None:
    made = [client.post("/tasks/quote", json={"isin": f"I{number}"}).json()["id"] for number in range(5)]
    first = client.get("/tasks/quote", params={"limit": 2}).json()
    second = client.get("/tasks/quote", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    third = client.get("/tasks/quote", params={"limit": 2, "cursor": second["next_cursor"]}).json()
    found = [row["id"] for page in (first, second, third) for row in page["items"]]
    assert found == made[::-1]
    assert third["next_cursor"] is None


def test_a_list_of_one_status(client: TestClient, example: Example, tracking_id: int) -> None:
    other = client.post("/tasks/quote", json={"isin": "IE01"}).json()["id"]
    put_into(example, other, "FAILED")

    def ids(status: str) -> list[int]:
        return [row["id"] for row in client.get("/tasks/quote", params={"status": status}).json()["items"]]

    assert (ids("PENDING"), ids("FAILED"), ids("COMPLETED")) == ([tracking_id], [other], [])


def test_cancelling_a_queued_task(client: TestClient, tracking_id: int) -> None:
    answer = client.post(f"/tasks/quote/{tracking_id}/cancel", json={"reason": "not\x00 needed"})
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    assert answer.json()["metadata"]["cancel"]["reason"] == "not\\x00 needed"
    assert client.get(f"/tasks/quote/{tracking_id}").json() == answer.json()


def test_a_running_task_is_asked_to_stop(client: TestClient, example: Example, tracking_id: int) -> None:
    put_into(example, tracking_id, "PROCESSING")
    answer = client.post(f"/tasks/quote/{tracking_id}/cancel", json={"reason": "enough"})
    assert (answer.status_code, answer.json()["status"]) == (202, "PROCESSING")


@pytest.mark.parametrize("cascade", [True, False])
def test_what_waits_for_a_cancelled_task(
    client: TestClient, example: Example, tracking_id: int, *, cascade: bool
) -> None:
    with example.sessions.begin() as session:
        service = SyncTaskTrackingService(session, QuoteTracking)
        waiting = service.create_tracking(isin="IE01", after=[service.get_status(tracking_id)])
    client.post(f"/tasks/quote/{tracking_id}/cancel", json={"reason": "x", "cascade": cascade})
    assert client.get(f"/tasks/quote/{waiting}").json()["status"] == ("CANCELLED" if cascade else "PENDING")


def test_a_failed_task_gets_another_attempt_by_its_own_task(
    client: TestClient, example: Example, sent: Sent, tracking_id: int
) -> None:
    put_into(example, tracking_id, "FAILED")
    sent().clear()
    answer = client.post(f"/tasks/quote/{tracking_id}/retry")
    assert (answer.status_code, answer.json()["status"]) == (200, "PENDING")
    assert [(message.tracking_id, message.task.name) for message in sent()] == [
        (tracking_id, "quotes.update")
    ]


def test_stats_count_by_status(client: TestClient, tracking_id: int) -> None:
    client.post(f"/tasks/quote/{tracking_id}/cancel", json={"reason": "x"})
    client.post("/tasks/quote", json={"isin": "IE01"})
    found = client.get("/tasks/quote/stats", params={"window": 3600}).json()
    assert found["counts"] == {"PENDING": 1, "PROCESSING": 0, "COMPLETED": 0, "FAILED": 0, "CANCELLED": 1}
    assert (found["domain"], found["window"]["seconds"], found["window"]["created"]) == ("quote", 3600, 2)
    assert found["longest_wait_seconds"] >= 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/tasks/quote/77", 404),
        ("POST", "/tasks/quote/77/retry", 404),
        ("GET", "/tasks/quote/9223372036854775808", 422),
        ("GET", "/tasks/quote/0", 422),
        ("GET", "/tasks/quote/x", 422),
        ("GET", "/tasks/quote?cursor=yesterday", 422),
        ("GET", "/tasks/quote?limit=501", 422),
        ("GET", "/tasks/quote?status=DONE", 422),
        ("GET", "/tasks/quote/stats?window=0", 422),
    ],
)
def test_a_request_for_what_is_not_there(plain: TestClient, method: str, path: str, status: int) -> None:
    answer = plain.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert (answer.json()["status"], answer.json()["type"]) == (status, "about:blank")


def test_a_transition_off_the_diagram_says_what_is_allowed(client: TestClient, tracking_id: int) -> None:
    client.post(f"/tasks/quote/{tracking_id}/cancel", json={"reason": "x"})
    retried = client.post(f"/tasks/quote/{tracking_id}/retry")
    again = client.post(f"/tasks/quote/{tracking_id}/cancel", json={"reason": "x"})
    assert (retried.status_code, again.status_code) == (409, 409)
    assert (retried.json()["current_status"], retried.json()["allowed"]) == ("CANCELLED", ["FAILED"])
    assert again.json()["allowed"] == ["PENDING", "PROCESSING"]


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ({}, ["body", "isin"]),
        ({"isin": 1}, ["body", "isin"]),
        ({"isin": "x" * 13}, ["body", "isin"]),
        ({"isin": "x", "count": "1"}, ["body", "count"]),
        ({"isin": "x", "count": 2**31}, ["body", "count"]),
        ({"isin": "x", "max_attempts": 0}, ["body", "max_attempts"]),
        ({"isin": "x", "max_attempts": 2**31}, ["body", "max_attempts"]),
        ({"isin": "x", "scheduled_at": "2026-01-01T00:00:00"}, ["body", "scheduled_at"]),
        ({"isin": "x", "status": "COMPLETED"}, ["body", "status"]),
        ({"isin": "x", "task_metadata": {}}, ["body", "task_metadata"]),
    ],
)
def test_a_body_that_the_schema_refuses(plain: TestClient, body: dict[str, Any], location: list[str]) -> None:
    answer = plain.post("/tasks/quote", json=body)
    assert answer.status_code == 422
    assert [mistake["location"] for mistake in answer.json()["errors"]] == [location]


def test_a_whole_number_may_be_written_with_a_point(plain: TestClient) -> None:
    answer = plain.post("/tasks/quote", content=b'{"isin": "x", "count": 3.0}', headers=JSON)
    assert (answer.status_code, answer.json()["count"]) == (201, 3)


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", JSON, 422),
        (b"\xff{", JSON, 400),
        (b"[" * 50_000, JSON, 400),
        (b'{"isin": "\\ud800"}', JSON, 422),
        (b'{"\\ud800": 1}', JSON, 422),
        (b'{"isin": "x", "count": NaN}', JSON, 422),
        (b'{"isin": "x", "count": 1' + b"0" * 5_000 + b"}", JSON, 400),
        (b'{"isin": "x"}', {"content-type": "text/plain"}, 415),
        (b'{"isin": "x"}', {}, 415),
        (b'{"isin": "' + b"x" * 1024 * 1024 + b'"}', JSON, 413),
    ],
)
def test_a_body_that_is_no_json(
    plain: TestClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = plain.post("/tasks/quote", content=content, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)


def test_a_body_that_grows_too_long_without_saying_so(plain: TestClient) -> None:
    parts = (b"[" * 400_000 for _ in range(3))
    assert plain.post("/tasks/quote", content=parts, headers=JSON).status_code == 413


def test_a_value_that_exists_already_is_a_conflict(client: TestClient, example: Example) -> None:
    body = {"isin": "IE00", "day": "2026-01-02"}
    statuses = [client.post("/tasks/quote", json=body).status_code for _ in range(2)]
    assert statuses == [201, 409]
    with example.sessions() as session:
        assert session.query(QuoteTracking).count() == 1


def test_other_methods_are_told_what_a_path_has(plain: TestClient) -> None:
    answer = plain.put("/tasks/quote")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.headers["content-type"] == PROBLEM


def test_openapi_shows_the_domains_own_schemas_and_the_problems(plain: TestClient) -> None:
    document = plain.get("/openapi.json").json()
    create = document["paths"]["/tasks/quote"]["post"]
    schema = create["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/QuoteCreate"}
    assert sorted(create["responses"]) == ["201", "400", "403", "409", "413", "415", "422", "503"]
    assert list(create["responses"]["422"]["content"]) == [PROBLEM]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    page = document["components"]["schemas"]["QuoteInDBPage"]["properties"]["items"]["items"]
    assert page == {"$ref": "#/components/schemas/QuoteInDB"}
