"""authorize: mandatory, sync or async, asked before anything else, and its refusals."""

from typing import Any

import pytest
import rest_app
from fastapi import HTTPException, Request
from fastapi.testclient import TestClient

from trackwright.rest import Action, tracking_router

Asked = tuple[str, Action, int | None]


def test_it_must_be_said_that_nobody_is_asked() -> None:
    with pytest.raises(TypeError, match="authorize=None publishes"):
        tracking_router([], get_db=lambda: None)


def deny(_: Request, _domain: str, _action: Action, _id: int | None) -> bool:
    return False


async def deny_async(_: Request, _domain: str, _action: Action, _id: int | None) -> bool:
    return False


def raise_permission_error(_: Request, domain: str, _action: Action, _id: int | None) -> bool:
    message = f"{domain} is not yours"
    raise PermissionError(message)


async def raise_unauthorized(_: Request, _domain: str, _action: Action, _id: int | None) -> bool:
    raise HTTPException(401, "who are you?", headers={"WWW-Authenticate": "Bearer"})


@pytest.mark.parametrize(
    ("authorize", "status", "detail"),
    [
        (deny, 403, "create of quote is not allowed."),
        (deny_async, 403, "create of quote is not allowed."),
        (raise_permission_error, 403, "quote is not yours"),
        (raise_unauthorized, 401, "who are you?"),
    ],
)
def test_a_refusal_comes_before_any_look_at_the_request_or_the_database(
    sqlite_url: str, authorize: Any, status: int, detail: str
) -> None:
    with rest_app.example(sqlite_url, is_async=False, authorize=authorize) as made:
        rest_app.Base.metadata.drop_all(made.engine)
        answer = TestClient(made.app).post("/tasks/quote", json={"nonsense": 1})
    assert (answer.status_code, answer.json()["detail"]) == (status, detail)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)


def test_it_hears_what_is_about_to_be_done(sqlite_url: str, sent: Any) -> None:
    asked: list[Asked] = []

    def note(request: Request, domain: str, action: Action, tracking_id: int | None) -> None:
        assert request.headers["authorization"] == "Bearer me"
        asked.append((domain, action, tracking_id))

    with rest_app.example(sqlite_url, is_async=False, authorize=note) as made:
        client = TestClient(made.app, headers={"authorization": "Bearer me"})
        client.post("/tasks/quote", json={"isin": "x"})
        client.get("/tasks/quote")
        client.get("/tasks/quote/stats")
        client.get("/tasks/quote/1")
        client.post("/tasks/quote/1/cancel", json={"reason": "x"})
        client.post("/tasks/quote/1/retry")
    assert asked == [
        ("quote", Action.CREATE, None),
        ("quote", Action.LIST, None),
        ("quote", Action.STATS, None),
        ("quote", Action.READ, 1),
        ("quote", Action.CANCEL, 1),
        ("quote", Action.RETRY, 1),
    ]


def test_who_it_says_is_asking_is_kept_with_a_cancellation(sqlite_url: str, sent: Any) -> None:
    with rest_app.example(sqlite_url, is_async=False, authorize=lambda *_: "ada") as made:
        client = TestClient(made.app)
        client.post("/tasks/quote", json={"isin": "x"})
        cancelled = client.post("/tasks/quote/1/cancel", json={"reason": "x"}).json()
    assert cancelled["metadata"]["cancel"]["by"] == "ada"


def test_an_error_of_its_own_is_a_fault_of_the_server(sqlite_url: str) -> None:
    def broken(*_: Any) -> bool:
        raise KeyError("role")

    with rest_app.example(sqlite_url, is_async=False, authorize=broken) as made:
        answer = TestClient(made.app, raise_server_exceptions=False).get("/tasks/quote")
    assert answer.status_code == 500
