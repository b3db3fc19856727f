"""The example application on both databases, over both kinds of session."""

from collections.abc import Callable, Iterator

import pytest
import rest_app
from fastapi.testclient import TestClient
from rest_app import Example

from trackwright.dispatch import Message, publisher

Sent = Callable[[], list[Message]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Gives the messages that requests have sent; none goes to a broker."""
    messages: list[Message] = []
    monkeypatch.setattr(publisher, "publish", messages.append)

    def all_of_them() -> list[Message]:
        if publisher.thread is not None:  # where async sessions send from
            publisher.thread.submit(lambda: None).result()
        return messages

    return all_of_them


@pytest.fixture(params=["sync", "async"])
def is_async(request: pytest.FixtureRequest) -> bool:
    """The same test over both kinds of session."""
    return bool(request.param == "async")


@pytest.fixture
def example(database_url: str, sent: Sent, *, is_async: bool) -> Iterator[Example]:
    """The example application."""
    with rest_app.example(database_url, is_async=is_async) as made:
        yield made


@pytest.fixture
def client(example: Example) -> Iterator[TestClient]:
    """A client of it; an error of the server is an error of the test."""
    with TestClient(example.app) as opened:
        yield opened


@pytest.fixture
def plain(sqlite_url: str, sent: Sent) -> Iterator[TestClient]:
    """A client for what does not depend on the database."""
    with rest_app.example(sqlite_url, is_async=False) as made, TestClient(made.app) as opened:
        yield opened
