"""A router that could not serve is refused when it is made, or says what its get_db should give."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from rest_app import QuoteCreate, QuoteInDB, QuoteTracking

from trackwright import SessionSettingsError, TaskTrackingCreate
from trackwright.rest import TaskResource, tracking_router
from trackwright.rest.resource import UnfitSchema

QUOTES = TaskResource(model=QuoteTracking, create=QuoteCreate, read=QuoteInDB)


class OddCreate(TaskTrackingCreate):
    """A schema with a field that the table does not have, and one that only operations set."""

    isni: str
    attempts: int = 0


def no_session() -> None:
    """A get_db that forgets to give its session."""


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ([], "tracking_router was given no domain"),
        ([QUOTES, QUOTES], "tracking_router was given quote more than once"),
    ],
)
def test_no_domain_and_one_twice(resources: list[TaskResource], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tracking_router(resources, get_db=no_session, authorize=None)


def test_a_schema_asks_only_for_what_a_new_row_takes() -> None:
    with pytest.raises(UnfitSchema, match=r"OddCreate has .*isni, which a new QuoteTracking does not take"):
        TaskResource(model=QuoteTracking, create=OddCreate, read=QuoteInDB)


def test_a_get_db_that_gives_no_session_is_a_fault_of_the_server() -> None:
    app = FastAPI()
    app.include_router(tracking_router([QUOTES], get_db=no_session, authorize=None))
    with pytest.raises(SessionSettingsError, match="get_db gave a NoneType; tracking_router needs a Session"):
        TestClient(app).get("/tasks/quote/1")


def test_rows_of_a_domain_without_a_task_are_created_and_not_sent(example: Any, sent: Any) -> None:
    app = FastAPI()
    app.include_router(tracking_router([QUOTES], get_db=sync(example), authorize=None))
    answer = TestClient(app).post("/tasks/quote", json={"isin": "IE00"})
    assert (answer.status_code, answer.json()["status"], answer.json()["celery_task_id"]) == (
        201,
        "PENDING",
        None,
    )
    assert sent() == []


def sync(example: Any) -> Any:
    """A get_db over the example's database."""

    def get_db() -> Any:
        with example.sessions() as session:
            yield session

    return get_db
